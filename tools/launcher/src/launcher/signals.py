"""Handles Ctrl-C and related signals: the first one ends the work, later ones are ignored."""

import asyncio
import os
import select
import signal
from collections.abc import Coroutine

from launcher.console import Report

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STANDARD_STREAMS = (0, 1, 2)
HANG_UP_POLL_SECONDS = 0.5


async def run_until_signal(work: Coroutine[None, None, None], report: Report) -> None:
    """Run `work` until it returns or a signal cancels it; raises its exceptions.

    The signal handlers stay afterwards, so that a signal does not interrupt the caller's cleanup.
    """
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, _stop_task, task, report)
    watch = asyncio.create_task(_watch_terminal())
    await asyncio.wait({task})
    watch.cancel()
    if not task.cancelled():
        await task


def _stop_task(task: asyncio.Task[None], report: Report) -> None:
    if task.done() or task.cancelling():
        report.print_notice("Still stopping; each part has a limit after which it is killed")
        return
    report.print_text()
    report.print_text("Stopping in order; the data stays.")
    task.cancel()


async def _watch_terminal() -> None:
    """Detect a closed terminal, whose SIGHUP the kernel sends only to the session's leader.

    A shell passes it on; `make`, which leads the session under `ssh -t`, waits for us instead.
    """
    streams = [stream for stream in STANDARD_STREAMS if os.isatty(stream)]
    if not streams:
        return
    terminal = select.poll()
    for stream in streams:
        # No event is requested, because a hang-up is always reported.
        terminal.register(stream, 0)
    while not terminal.poll(0):  # noqa: ASYNC110 (nothing wakes us)
        await asyncio.sleep(HANG_UP_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGHUP)
