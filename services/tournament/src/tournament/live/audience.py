"""Who hears a match. The match says what; how it reaches anybody is not its business."""

from typing import Protocol


class Audience(Protocol):
    """Takes messages for one player or for everybody; it never waits."""

    def tell(self, side: int, message: bytes) -> None:
        """Tell one player."""
        ...

    def tell_others(self, side: int, message: bytes) -> None:
        """Tell the other player and whoever watches."""
        ...

    def tell_all(self, message: bytes) -> None:
        """Tell both players and whoever watches."""
        ...
