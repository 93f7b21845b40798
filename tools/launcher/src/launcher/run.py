"""Starts stages of parts, watches them, and stops them in reverse."""

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
)

from launcher import leftovers
from launcher.console import Report, seconds_since
from launcher.errors import LaunchError, NotReady
from launcher.logs import LogFollower, last_words, size_of
from launcher.parts import Part, Stage
from launcher.supervision import (
    START_RETRIES,
    ProcessInfo,
    StartRefused,
    Supervision,
    SupervisorEnded,
)

POLL_SECONDS = 0.1
WATCH_SECONDS = 0.5
OPEN_LIMIT_SECONDS = 15
# A part that ends more often than this does not recover by being started again.
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0


class PartGaveUp(LaunchError):
    def __init__(self, part: Part, words: str, log: Path) -> None:
        super().__init__(f"{part.name} keeps ending; {_evidence(part, words, log)}")


class PartNotReady(LaunchError):
    def __init__(self, part: Part, reason: str, words: str, log: Path) -> None:
        super().__init__(
            f"{part.name} is not ready after {part.ready_limit:.0f} s: {reason}; "
            f"{_evidence(part, words, log)}"
        )


async def run_stages(
    stages: Sequence[Stage],
    *,
    folder: Path,
    logs: Path,
    report: Report,
    cleanup: AsyncExitStack,
    announce: Callable[[], None],
) -> None:
    """Starts the stages, announces that all is ready, and watches until it is cancelled.

    `cleanup` stops what was started. Raises LaunchError for a part that fails.
    """
    run = Run(folder, Supervision(folder, logs, stages), stages, report)
    cleanup.push_async_callback(run.stop)
    await run.start()
    announce()
    await run.watch()


class Run:
    """One run of the platform. `start`, `watch` until it is cancelled, `stop` in any case."""

    def __init__(
        self, folder: Path, supervision: Supervision, stages: Sequence[Stage], report: Report
    ) -> None:
        self._folder = folder
        self._supervision = supervision
        self._stages = stages
        self._report = report
        self._started: list[Stage] = []
        self._log_starts: dict[str, int] = {}
        self._pids: dict[str, int] = {}
        self._ends: dict[str, deque[float]] = {}
        self._followers: dict[str, LogFollower] = {}
        self._left: list[Part] = []

    async def start(self) -> None:
        """Raises PartGaveUp, PartNotReady or StartRefused for the first needed part that fails."""
        self._supervision.open()
        await _until_ready(self._supervision.check_open, OPEN_LIMIT_SECONDS)
        self._remember()
        for stage in self._stages:
            if stage.parts:
                await self._start_stage(stage)
            if stage.afterwards is not None:
                await stage.afterwards()

    async def watch(self) -> None:
        """Says when a part ended and came back, and what has news.

        Raises PartGaveUp or PartNotReady when one that is needed does not come back.
        """
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self._tell_news()
            infos = self._supervision.infos()
            for part in self._running_parts():
                with self._failure_allowed(part):
                    self._refuse_given_up(part, infos[part.name])
                    if infos[part.name].pid != self._pids[part.name]:
                        await self._await_return(part)
            self._stop_left(infos)

    async def stop(self) -> None:
        """Stops the stages in reverse and leaves nothing running, whatever state they are in."""
        for follower in self._followers.values():
            follower.close()
        try:
            for stage in reversed(self._started):
                await self._stop_stage(stage)
            self._supervision.request_shutdown()
        except SupervisorEnded:
            self._supervision.close()
            await asyncio.to_thread(leftovers.end_leftovers, self._folder)
        self._supervision.close()
        await _until_true(self._supervision.has_ended)
        leftovers.forget(self._folder)

    async def _start_stage(self, stage: Stage) -> None:
        self._started.append(stage)
        self._log_starts |= {
            part.name: size_of(self._supervision.log_of(part.name)) for part in stage.parts
        }
        self._followers |= {
            part.name: LogFollower(self._supervision.log_of(part.name), self._log_starts[part.name])
            for part in stage.parts
            if part.news is not None
        }
        for part in stage.parts:
            with self._failure_allowed(part):
                self._supervision.start(part)
        self._remember()
        with self._report.working(f"{', '.join(part.name for part in stage.parts)} …"):
            try:
                async with asyncio.TaskGroup() as group:
                    for part in stage.parts:
                        if part not in self._left:
                            group.create_task(self._start_part(part))
            except BaseExceptionGroup as failures:
                raise failures.exceptions[0] from None
        self._remember()

    async def _start_part(self, part: Part) -> None:
        started = time.monotonic()
        with self._failure_allowed(part):
            await self._await_ready(part)
            self._report.done(part.name, seconds_since(started))

    async def _await_ready(self, part: Part) -> None:
        starts: set[int] = set()

        async def ask() -> None:
            info = self._supervision.infos()[part.name]
            self._refuse_given_up(part, info)
            starts.add(info.pid)
            # supervisord itself gives up only on a part that ends within its first second.
            if len(starts - {0}) > 1 + START_RETRIES:
                raise PartGaveUp(part, *self._last_words(part))
            await part.probe.ask()

        try:
            await _until_ready(ask, part.ready_limit)
        except NotReady as error:
            raise PartNotReady(part, str(error), *self._last_words(part)) from None

    async def _await_return(self, part: Part) -> None:
        started = time.monotonic()
        self._report.notice(f"{part.name} ended unexpectedly and is started again")
        self._count_end(part)
        _kill_group(self._pids[part.name])
        await self._await_ready(part)
        self._remember()
        self._report.done(f"{part.name} is back", seconds_since(started))

    async def _stop_stage(self, stage: Stage) -> None:
        started = time.monotonic()
        self._supervision.request_stop(stage.parts)
        names = {part.name for part in stage.parts}
        with self._report.working(f"Stopping {', '.join(sorted(names))} …"):
            await _until_true(lambda: self._all_stopped(names))
        for name in names:
            _kill_group(self._pids.get(name, 0))
        self._report.done(
            ", ".join(part.name for part in stage.parts), f"stopped in {seconds_since(started)}"
        )

    def _all_stopped(self, names: set[str]) -> bool:
        infos = self._supervision.infos()
        return all(infos[name].stopped for name in names)

    def _running_parts(self) -> list[Part]:
        return [part for stage in self._started for part in stage.parts if part not in self._left]

    @contextmanager
    def _failure_allowed(self, part: Part) -> Iterator[None]:
        """Says so and goes on without the part where it is not needed."""
        try:
            yield
        except (PartGaveUp, PartNotReady, StartRefused) as error:
            if part.needed:
                raise
            self._report.notice(f"{error}; the platform goes on without {part.name}")
            self._left.append(part)

    def _stop_left(self, infos: Mapping[str, ProcessInfo]) -> None:
        """Each time, because supervisord refuses to stop a part that has just ended, and then starts it again."""
        self._supervision.request_stop(part for part in self._left if not infos[part.name].stopped)

    def _tell_news(self) -> None:
        for part in self._running_parts():
            if part.news is not None:
                lines = self._followers[part.name].new_lines()
                for told in filter(None, map(part.news, lines)):
                    self._report.news(told)

    def _refuse_given_up(self, part: Part, info: ProcessInfo) -> None:
        if info.given_up:
            raise PartGaveUp(part, *self._last_words(part))

    def _count_end(self, part: Part) -> None:
        now = time.monotonic()
        ends = self._ends.setdefault(part.name, deque(maxlen=MAX_RESTARTS))
        if len(ends) == MAX_RESTARTS and now - ends[0] < RESTART_WINDOW_SECONDS:
            raise PartGaveUp(part, *self._last_words(part))
        ends.append(now)

    def _last_words(self, part: Part) -> tuple[str, Path]:
        log = self._supervision.log_of(part.name)
        return last_words(log, self._log_starts.get(part.name, 0)), log

    def _remember(self) -> None:
        infos = self._supervision.infos()
        self._pids = {part.name: infos[part.name].pid for part in self._running_parts()}
        leftovers.remember(
            self._folder, {leftovers.SUPERVISOR: self._supervision.pid, **self._pids}
        )


def _evidence(part: Part, words: str, log: Path) -> str:
    evidence = f"its last words: {words} (log: {log})"
    return f"{evidence}: {part.advice}" if part.advice else evidence


async def _until_ready(ask: Callable[[], Awaitable[None]], limit: float) -> None:
    waiting = AsyncRetrying(
        retry=retry_if_exception_type(NotReady),
        stop=stop_after_delay(limit),
        wait=wait_fixed(POLL_SECONDS),
        reraise=True,
    )
    async for attempt in waiting:
        with attempt:
            await ask()


async def _until_true(holds: Callable[[], bool]) -> None:
    """For what is sure to come: supervisord kills what outlasts its limit."""
    waiting = AsyncRetrying(
        retry=retry_if_result(lambda result: not result), wait=wait_fixed(POLL_SECONDS)
    )

    async def ask() -> bool:
        return holds()

    await waiting(ask)


def _kill_group(leader: int) -> None:
    """Ends what a part that has ended left: workers live on without their master and keep its port.

    Each part leads a group of its own.
    """
    if leader:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
