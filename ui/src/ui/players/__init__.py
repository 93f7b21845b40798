"""Public profiles of players, and the search for players."""
