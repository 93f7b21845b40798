"""A player's history, and one match."""
