"""What a profile shows of a player's history, in one answer."""
