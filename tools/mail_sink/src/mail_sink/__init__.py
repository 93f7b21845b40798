"""Takes mail and shows it."""
