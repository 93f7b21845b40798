"""One match of a tournament: being called to it, being ready, playing it at one keyboard."""
