"""The clock of live matches: 60 ticks a second on absolute deadlines, so that a late tick delays no later one."""

import asyncio
from collections.abc import Callable
from itertools import cycle
from time import monotonic
from typing import Final

from pong.court import TICKS_PER_SECOND
from tournament.live.metrics import TICK_LATENESS, TICK_SECONDS

QUARTERS: Final = 4
"""Matches take turns in the quarters of a tick: advancing all at once would delay incoming messages by milliseconds."""
QUARTER_SECONDS: Final = 1 / TICKS_PER_SECOND / QUARTERS
FAR_BEHIND_SECONDS: Final = 1.0
"""Delay after which deadlines restart from now, as after a pause of the process. Matches get due ticks by the clock."""


async def run_ticks(work: Callable[[float, int], None], needed: asyncio.Event) -> None:
    """Call `work` while `needed` is set, for ever, with the time and the quarter whose turn it is."""
    deadline = monotonic()
    for quarter in cycle(range(QUARTERS)):
        if not needed.is_set():
            # A process without matches does not wake up 240 times a second.
            await needed.wait()
            deadline = monotonic()
        deadline += QUARTER_SECONDS
        # Sleep even when late, so that other tasks get to run.
        await asyncio.sleep(max(0.0, deadline - monotonic()))
        now = monotonic()
        TICK_LATENESS.observe(now - deadline)
        work(now, quarter)
        TICK_SECONDS.observe(monotonic() - now)
        if now - deadline > FAR_BEHIND_SECONDS:
            deadline = now
