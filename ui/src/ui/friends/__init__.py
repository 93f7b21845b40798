"""Pages of friends, their presence, friend requests and blocks."""
