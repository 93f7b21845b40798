"""The page with the court, and the two calls that its scripts make."""
