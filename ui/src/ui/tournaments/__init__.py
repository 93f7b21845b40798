"""Pages of tournaments: lists, one tournament, its bracket, and the actions of players and organisers."""
