"""Online matches between two players: queue, challenges and the game page."""
