"""Sixty times a second, on absolute deadlines: a tick that comes late makes none of the next ones later."""

import asyncio
from collections.abc import Callable
from itertools import cycle
from time import monotonic
from typing import Final

from pong.court import TICKS_PER_SECOND
from tournament.live.metrics import LATENESS, TICK_WORK

QUARTERS: Final = 4
"""Matches take turns within a tick: all at once would keep what comes in meanwhile waiting for milliseconds."""
QUARTER_SECONDS: Final = 1 / TICKS_PER_SECOND / QUARTERS
FAR_BEHIND_SECONDS: Final = 1.0
"""After a pause of the whole process. Matches know by the clock what is due; made-up wake-ups would serve nobody."""


async def tick(work: Callable[[float, int], None]) -> None:
    """Call `work` with the time and the quarter whose turn it is, for ever."""
    deadline = monotonic()
    for quarter in cycle(range(QUARTERS)):
        deadline += QUARTER_SECONDS
        # Where it is late already, others still get their turn.
        await asyncio.sleep(max(0.0, deadline - monotonic()))
        now = monotonic()
        LATENESS.observe(now - deadline)
        work(now, quarter)
        TICK_WORK.observe(monotonic() - now)
        if now - deadline > FAR_BEHIND_SECONDS:
            deadline = now
