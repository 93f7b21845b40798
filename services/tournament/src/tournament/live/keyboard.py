"""One player's keys in a match: which act when, which came late."""

from collections import deque
from typing import Final

from pong.court import STILL
from tournament.live.protocol import CloseCode, Refused

FARTHEST_AHEAD: Final = 120
"""Ticks. No honest clock is two seconds ahead."""
NEVER: Final = 2**31


class Keyboard:
    """Keys that act from a tick on, in rising order; nothing here knows what time it is."""

    __slots__ = ("_asked", "_last", "_waiting", "held", "late", "next_change")

    def __init__(self, held: int = STILL) -> None:
        self.held = held
        """In the tick that was simulated last."""
        self.next_change = NEVER
        self.late = 0
        self._waiting: deque[tuple[int, int]] = deque()
        self._asked = -1
        self._last = -1

    def press(self, asked: int, keys: int, *, next_tick: int, clock: float) -> int:
        """Take keys for a tick; return the one from which they act.

        Raises:
            Refused: ticks do not rise, or lie too far ahead.
        """
        if asked <= self._asked or asked > clock + FARTHEST_AHEAD:
            raise Refused(CloseCode.OUT_OF_ORDER)
        self._asked = asked
        if asked < next_tick:
            self.late += 1
        # A tap that is late is late, not lost: what was pressed and let go in one moment takes two ticks.
        acts = max(asked, next_tick, self._last + 1)
        if acts > clock + FARTHEST_AHEAD:
            raise Refused(CloseCode.OUT_OF_ORDER)
        self._last = acts
        if not self._waiting:
            self.next_change = acts
        self._waiting.append((acts, keys))
        return acts

    def turn(self) -> None:
        """Hold what was waiting for the tick that begins now."""
        _, self.held = self._waiting.popleft()
        self.next_change = self._waiting[0][0] if self._waiting else NEVER

    @property
    def heard_before(self) -> int:
        """All that was asked for ticks before this one has been heard."""
        return self._asked + 1

    @property
    def waiting(self) -> tuple[tuple[int, int], ...]:
        """Ticks to come, and the keys from them on."""
        return tuple(self._waiting)

    def change_hands(self) -> None:
        """Another connection presses from now on, by a clock of its own; what the one before pressed stays."""
        self._asked = -1

    def drop_waiting(self) -> None:
        """Forget what lies ahead: the clock stops and will go on from here, and ticks may be asked for again."""
        self._waiting.clear()
        self.next_change = NEVER
        self._asked = self._last = -1
