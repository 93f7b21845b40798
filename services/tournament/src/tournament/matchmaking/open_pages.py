"""The players who have a page open at this replica and so keep their place in the queue."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from uuid import UUID


class OpenPages:
    """Counts open event streams by player; a player may have several."""

    def __init__(self) -> None:
        self._open: Counter[UUID] = Counter()

    @contextmanager
    def count_open_page(self, player_id: UUID) -> Iterator[None]:
        """Count one open page of the player within this context."""
        self._open[player_id] += 1
        try:
            yield
        finally:
            self._open[player_id] -= 1
            if not self._open[player_id]:
                del self._open[player_id]

    @property
    def player_ids(self) -> AbstractSet[UUID]:
        return self._open.keys()
