"""The interface through which a match sends messages, independent of the transport."""

from typing import Protocol


class Audience(Protocol):
    """Sends messages to one player or to all connected clients. No method waits."""

    def send_to_player(self, side: int, message: bytes) -> None:
        """Send a message to one player."""
        ...

    def send_to_others(self, side: int, message: bytes) -> None:
        """Send a message to the other player and to all spectators."""
        ...

    def send_to_all(self, message: bytes) -> None:
        """Send a message to both players and to all spectators."""
        ...
