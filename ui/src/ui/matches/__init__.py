"""Pages of a player's match history, and of one match."""
