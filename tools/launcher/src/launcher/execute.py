"""Runs the launcher's work to an exit status: 0 if it was stopped on request, 1 with a line about the error."""

import asyncio
import errno
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack

from launcher.console import Report
from launcher.errors import LaunchError
from launcher.signals import run_until_signal

# Errors of the machine, not of the code, for which one line is enough. Any other OSError keeps its trace.
ADVICE = {
    errno.ENOSPC: "free some space there",
    errno.EDQUOT: "free some space there",
    errno.EROFS: "use a clone that can be written to",
    errno.EACCES: "run it as the user to whom this clone belongs",
    errno.EPERM: "run it as the user to whom this clone belongs",
}

Work = Callable[[AsyncExitStack], Coroutine[None, None, None]]


def execute_work(work: Work, report: Report) -> int:
    """Run `work`, and undo the callbacks on its stack before this returns, whatever happens."""
    try:
        asyncio.run(_run_with_cleanup(work, report))
    except LaunchError as error:
        report.print_failure(str(error))
        return 1
    except OSError as error:
        if error.errno not in ADVICE:
            raise
        report.print_failure(f"{_describe_error(error)}: {ADVICE[error.errno]}, then try again")
        return 1
    return 0


async def _run_with_cleanup(work: Work, report: Report) -> None:
    async with AsyncExitStack() as cleanup:
        await run_until_signal(work(cleanup), report)


def _describe_error(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
