"""What history takes and answers."""
