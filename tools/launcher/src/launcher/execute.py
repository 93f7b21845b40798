"""Runs the launcher's work to an exit status: 0 when it was asked to stop, 1 with a line of reason."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack

from launcher.console import Report
from launcher.errors import LaunchError
from launcher.signals import until_signal

Work = Callable[[AsyncExitStack], Coroutine[None, None, None]]


def execute(work: Work, report: Report) -> int:
    """What `work` pushes on its stack is undone before this returns, whatever happens."""
    try:
        asyncio.run(_execute(work, report))
    except LaunchError as error:
        report.failure(str(error))
        return 1
    return 0


async def _execute(work: Work, report: Report) -> None:
    async with AsyncExitStack() as cleanup:
        await until_signal(work(cleanup), report)
