"""Settings pages of the player's own account, one per topic, with their forms."""
