"""What is kept of a player: all of it for them, and none of it once they are gone."""
