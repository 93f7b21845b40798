"""Pages to watch live matches."""
