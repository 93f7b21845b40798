"""The exit status and the last line of a run."""

import errno
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack

import pytest

from launcher.console import Report
from launcher.errors import LaunchError
from launcher.execute import execute_work


def run(error: Exception | None) -> int:
    async def work() -> None:
        if error is not None:
            raise error

    def start(_: AsyncExitStack) -> Coroutine[None, None, None]:
        return work()

    return execute_work(start, Report())


def test_finished_work_exits_with_0() -> None:
    assert run(None) == 0


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (LaunchError("The bridge is up: wait"), "✗ The bridge is up: wait"),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
            "✗ No space left on device: free some space there, then try again",
        ),
        (
            OSError(errno.EROFS, os.strerror(errno.EROFS), "/clone/.state"),
            "✗ /clone/.state: Read-only file system: use a clone that can be written to, then try again",
        ),
    ],
)
def test_an_error_that_the_user_can_fix_is_one_line_and_exits_with_1(
    error: Exception, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(error) == 1
    assert capfd.readouterr().err == f"{line}\n"


def test_an_internal_error_shows_its_traceback() -> None:
    with pytest.raises(FileNotFoundError):
        run(FileNotFoundError(errno.ENOENT, "no such file", "forgotten"))
