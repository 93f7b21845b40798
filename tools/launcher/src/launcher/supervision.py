"""Supervises one part: starts it, waits until it is ready, restarts it whenever it ends, and stops it."""

import asyncio
import errno
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from launcher.console import Report, seconds_since
from launcher.errors import LaunchError, NotReady
from launcher.leftovers import kill_processes
from launcher.logs import last_line, log_size, seconds_since_written
from launcher.parts import Part
from launcher.state_folder import CHILD_UMASK

# A part that ends this often before it was ever ready is not started again.
START_TRIES = 3
# A part that was ready for this long is restarted at once; otherwise after a pause that doubles each time.
STEADY_SECONDS = 10.0
SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 15.0

NO_SPACE = os.strerror(errno.ENOSPC)


@dataclass(frozen=True)
class Pace:
    """Intervals of the launcher's checks in seconds. Tests use shorter ones."""

    # Between checks whether a part is ready.
    poll: float = 0.1
    # Between checks of the logs' sizes.
    watch: float = 0.5
    # Time after which a slow part is named, and again each time that it has taken twice as long.
    patience: float = 10.0


DEFAULT_PACE = Pace()


class PartGaveUp(LaunchError):
    def __init__(self, part: Part, evidence: str) -> None:
        super().__init__(f"{part.name} keeps ending; {evidence}")


class PartNotReady(LaunchError):
    def __init__(self, part: Part, reason: str, evidence: str) -> None:
        super().__init__(
            f"{part.name} is not ready after {part.ready_limit:g} s: {reason}; {evidence}"
        )


class SupervisedPart:
    """A part's process. Call `start`, then let `keep_running` run until it is cancelled, and `stop` in any case."""

    def __init__(self, part: Part, logs: Path, report: Report, pace: Pace) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        self._logs = logs
        self._report = report
        self._pace = pace
        self._process: asyncio.subprocess.Process | None = None
        # The position in the log at which this run of the launcher begins.
        self.log_start = log_size(self.log)
        self._ready_since = inf
        self._pause = 0.0

    async def start(self) -> None:
        """Start the part; raises PartGaveUp or PartNotReady if it does not become ready."""
        started = time.monotonic()
        for _ in range(START_TRIES):
            if await self._launch(self.part.ready_limit):
                self._report.print_done(self.part.name, seconds_since(started))
                return
        raise PartGaveUp(self.part, self._describe_last_line())

    async def keep_running(self) -> None:
        """Restart the part each time that it ends, until this is cancelled."""
        while True:
            if self._process is not None:
                await self._process.wait()
            ended = time.monotonic()
            self._report.print_notice(f"{self.part.name} ended unexpectedly and is started again")
            while not await self._try_to_launch():
                pass
            self._report.print_done(f"{self.part.name} is back", seconds_since(ended))

    async def _try_to_launch(self) -> bool:
        """Start the part as `_launch` does, but report a failure instead of raising it: the next attempt may
        succeed."""
        try:
            ready = await self._launch(inf)
        except OSError as error:
            # The machine has no process, memory or disk space left.
            self._report.print_notice(f"{self.part.name} cannot be started now: {error.strerror}")
            return False
        if not ready:
            self._report.print_notice(
                f"{self.part.name} keeps ending; {self._describe_last_line()}"
            )
        return ready

    async def stop(self) -> None:
        """Ask the part to end, kill it at its limit, and kill all processes that it started."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError, TimeoutError):
                self._process.send_signal(signal.Signals[f"SIG{self.part.stop_signal}"])
                async with asyncio.timeout(self.part.stop_limit):
                    await self._process.wait()
        await kill_processes(self._logs, self.part.name)

    async def _launch(self, limit: float) -> bool:
        """Start the part after the due pause; return whether it became ready before it ended.

        Processes left by its last run are killed first: nginx's workers outlive their master, and keep its port.
        """
        await kill_processes(self._logs, self.part.name)
        await asyncio.sleep(self._next_pause())
        self._ready_since = inf
        self._process = process = await _start_process(self.part, self.log)
        ready = await self._await_ready(process, limit)
        if ready:
            self._ready_since = time.monotonic()
        return ready

    def _next_pause(self) -> float:
        first = self._process is None
        if first or time.monotonic() - self._ready_since >= STEADY_SECONDS:
            self._pause = 0.0
        else:
            self._pause = min(max(2 * self._pause, SHORTEST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        return self._pause

    async def _await_ready(self, process: asyncio.subprocess.Process, limit: float) -> bool:
        started = time.monotonic()
        patience = self._pace.patience
        while process.returncode is None:
            try:
                await self.part.probe.check_ready()
            except NotReady as error:
                waited = time.monotonic() - started
                if waited >= limit:
                    raise PartNotReady(self.part, str(error), self._describe_last_line()) from None
                if waited >= patience:
                    patience *= 2
                    self._report.print_notice(
                        f"Still waiting for {self.part.name} ({waited:.0f} s): {self._describe_condition()}"
                    )
                await asyncio.sleep(self._pace.poll)
            else:
                return True
        return False

    def _describe_condition(self) -> str:
        if log_size(self.log) in (0, self.log_start):
            return "it runs and has logged nothing"
        return f"it runs, its last log line is {seconds_since_written(self.log):.0f} s old"

    def _describe_last_line(self) -> str:
        words = last_line(self.log, self.log_start)
        advice = ": free some space, nothing is lost" if NO_SPACE in words else ""
        return f"its last words: {words} (log: {self.log}){advice}"


async def _start_process(part: Part, log: Path) -> asyncio.subprocess.Process:
    account = part.account
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            # The kernel sends the part this signal when the launcher ends, for any reason.
            *("setpriv", f"--pdeathsig={part.stop_signal}", "--", *part.command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=part.descriptors,
            cwd=part.directory,
            env={**os.environ, **part.environment},
            # The terminal's Ctrl-C reaches only the launcher, which stops the parts in order.
            start_new_session=True,
            umask=CHILD_UMASK,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
