"""What waits for a player, in one answer."""
