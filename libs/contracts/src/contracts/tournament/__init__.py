"""What tournament takes and answers."""
