"""One player's keys in a match: from which tick each change acts, and how many came late."""

from collections import deque
from typing import Final

from pong.court import STILL
from tournament.live.protocol import CloseCode, MessageRefused

MOST_TICKS_AHEAD: Final = 120
"""Most ticks ahead of the clock for which keys are accepted. No honest clock is 2 s ahead."""
NEVER_TICK: Final = 2**31


class PlayerKeys:
    """Key changes queued by tick, in rising order. The class has no clock of its own."""

    __slots__ = ("_asked", "_last", "_waiting", "held", "late", "next_change")

    def __init__(self, held: int = STILL) -> None:
        self.held = held
        """The keys held in the last simulated tick."""
        self.next_change = NEVER_TICK
        self.late = 0
        self._waiting: deque[tuple[int, int]] = deque()
        self._asked = -1
        self._last = -1

    def queue_keys(self, asked: int, keys: int, *, next_tick: int, clock: float) -> int:
        """Queue keys for the tick `asked`; return the tick from which they act.

        Args:
            asked: the tick that the client named.
            keys: UP, STILL or DOWN.
            next_tick: the next tick to be simulated; keys asked for earlier ticks count as late.
            clock: the match's clock, in ticks.

        Raises:
            MessageRefused: ticks do not rise, or lie too far ahead.
        """
        if asked <= self._asked or asked > clock + MOST_TICKS_AHEAD:
            raise MessageRefused(CloseCode.OUT_OF_ORDER)
        self._asked = asked
        if asked < next_tick:
            self.late += 1
        # A late tap is delayed, not lost: a press and release that arrive together take one tick each.
        acts = max(asked, next_tick, self._last + 1)
        if acts > clock + MOST_TICKS_AHEAD:
            raise MessageRefused(CloseCode.OUT_OF_ORDER)
        self._last = acts
        if not self._waiting:
            self.next_change = acts
        self._waiting.append((acts, keys))
        return acts

    def apply_queued_keys(self) -> None:
        """Apply the change queued for the tick that begins now."""
        _, self.held = self._waiting.popleft()
        self.next_change = self._waiting[0][0] if self._waiting else NEVER_TICK

    @property
    def complete_until(self) -> int:
        """The first tick for which a change may still come: all changes for earlier ticks have arrived."""
        return self._asked + 1

    @property
    def queued(self) -> tuple[tuple[int, int], ...]:
        """The queued changes: the tick, and the keys held from it on."""
        return tuple(self._waiting)

    def accept_new_connection(self) -> None:
        """Accept ticks from a new connection, whose clock is another. Changes queued by the previous one stay."""
        self._asked = -1

    def discard_queued(self) -> None:
        """Discard queued changes, because the clock stops.

        It goes on from the current tick, so later ticks may be sent again.
        """
        self._waiting.clear()
        self.next_change = NEVER_TICK
        self._asked = self._last = -1
