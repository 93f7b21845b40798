"""Ctrl-C and its relatives: the first one ends the work, later ones change nothing."""

import asyncio
import signal
from collections.abc import Coroutine

from launcher.console import Report

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_signal(work: Coroutine[None, None, None], report: Report) -> None:
    """Runs `work` until it returns or a signal cancels it; raises what it raises.

    The signals stay taken afterwards, so that nothing interrupts the caller's cleaning up.
    """
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, _stop, task, report, number)
    await asyncio.wait({task})
    if not task.cancelled():
        await task


def _stop(task: asyncio.Task[None], report: Report, number: signal.Signals) -> None:
    if number is signal.SIGHUP:
        report.mute()
    if task.done() or task.cancelling():
        report.notice("Still stopping; each part has a limit after which it is killed")
        return
    report.say()
    report.say("Stopping in order; the data stays.")
    task.cancel()
