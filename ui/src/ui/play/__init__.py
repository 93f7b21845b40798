"""The page with the game, and the two calls of its scripts."""
