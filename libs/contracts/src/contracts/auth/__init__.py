"""What auth takes and answers."""
