"""Starts stages of parts, watches them, and stops them in reverse."""

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from math import inf
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
from launcher.logs import LogFollower, age_of, last_words, size_of
from launcher.parts import READY_LIMIT_SECONDS, Part, Stage
from launcher.supervision import (
    START_RETRIES,
    ProcessInfo,
    StartRefused,
    Supervision,
    SupervisorEnded,
)

# A part that ends more often than this does not recover by being started again.
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0


@dataclass(frozen=True)
class Pace:
    """How often the launcher looks, in seconds. Tests look more often."""

    # While parts start and stop.
    poll: float = 0.1
    # While all of them run.
    watch: float = 0.5
    # A part that takes this long is named, and again each time that it has taken twice as long.
    patience: float = 10.0


class PartGaveUp(LaunchError):
    def __init__(self, part: Part, words: str, log: Path) -> None:
        super().__init__(f"{part.name} keeps ending; {_evidence(part, words, log)}")


class PartNotReady(LaunchError):
    def __init__(self, part: Part, reason: str, words: str, log: Path) -> None:
        super().__init__(
            f"{part.name} is not ready after {part.ready_limit:g} s: {reason}; "
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
    pace: Pace = Pace(),
) -> None:
    """Starts the stages, announces that all is ready, and watches until it is cancelled.

    `cleanup` stops what was started. Raises LaunchError for a part that fails.
    """
    run = Run(folder, Supervision(folder, logs, stages), stages, report, pace)
    cleanup.push_async_callback(run.stop)
    await run.start()
    announce()
    await run.watch()


class Run:
    """One run of the platform. `start`, `watch` until it is cancelled, `stop` in any case."""

    def __init__(
        self,
        folder: Path,
        supervision: Supervision,
        stages: Sequence[Stage],
        report: Report,
        pace: Pace,
    ) -> None:
        self._folder = folder
        self._supervision = supervision
        self._stages = stages
        self._report = report
        self._pace = pace
        self._started: list[Stage] = []
        self._log_starts: dict[str, int] = {}
        self._pids: dict[str, int] = {}
        self._ends: dict[str, deque[float]] = {}
        self._followers: dict[str, LogFollower] = {}
        self._left: list[Part] = []
        self._returning: list[Part] = []

    async def start(self) -> None:
        """Raises PartGaveUp, PartNotReady or StartRefused for the first needed part that fails."""
        self._supervision.open()
        await _until_ready(self._supervision.check_open, READY_LIMIT_SECONDS, self._pace.poll)
        self._remember()
        for stage in self._stages:
            if stage.parts:
                await self._start_stage(stage)
            if stage.afterwards is not None:
                await stage.afterwards()

    async def watch(self) -> None:
        """Says when a part ended and came back, and what has news.

        Raises PartGaveUp when one that is needed ends again and again. One that lives is waited for.
        """
        async with _tasks() as returns:
            while True:
                await asyncio.sleep(self._pace.watch)
                self._tell_news()
                infos = self._supervision.infos()
                for part in self._running_parts():
                    ended = infos[part.name].pid != self._pids[part.name]
                    if ended and part not in self._returning:
                        self._returning.append(part)
                        returns.create_task(self._await_return(part))
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
        await _until_true(self._supervision.has_ended, self._pace.poll)
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
        self._remember(stage.parts)
        with self._report.working(f"{', '.join(part.name for part in stage.parts)} …"):
            async with _tasks() as starts:
                for part in stage.parts:
                    if part not in self._left:
                        starts.create_task(self._start_part(part))
        self._remember(stage.parts)

    async def _start_part(self, part: Part) -> None:
        started = time.monotonic()
        with self._failure_allowed(part):
            await self._await_ready(part, part.ready_limit)
            self._report.done(part.name, seconds_since(started))

    async def _await_ready(self, part: Part, limit: float) -> None:
        started = time.monotonic()
        patience = self._pace.patience
        starts: set[int] = set()

        async def ask() -> None:
            nonlocal patience
            info = self._supervision.infos()[part.name]
            self._refuse_given_up(part, info)
            starts.add(info.pid)
            # supervisord itself gives up only on a part that ends within its first second.
            if len(starts - {0}) > 1 + START_RETRIES:
                raise PartGaveUp(part, *self._last_words(part))
            if (waited := time.monotonic() - started) >= patience:
                patience *= 2
                self._report.notice(
                    f"Still waiting for {part.name} ({waited:.0f} s): {self._condition(part, info)}"
                )
            await part.probe.ask()

        try:
            await _until_ready(ask, limit, self._pace.poll)
        except NotReady as error:
            raise PartNotReady(part, str(error), *self._last_words(part)) from None

    async def _await_return(self, part: Part) -> None:
        started = time.monotonic()
        self._report.notice(f"{part.name} ended unexpectedly and is started again")
        with self._failure_allowed(part):
            self._count_end(part)
            _kill_group(self._pids[part.name])
            await self._await_ready(part, inf)
            self._remember([part])
            self._report.done(f"{part.name} is back", seconds_since(started))
        self._returning.remove(part)

    async def _stop_stage(self, stage: Stage) -> None:
        started = time.monotonic()
        self._supervision.request_stop(stage.parts)
        names = {part.name for part in stage.parts}
        with self._report.working(f"Stopping {', '.join(sorted(names))} …"):
            await _until_true(lambda: self._all_stopped(names), self._pace.poll)
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

    def _condition(self, part: Part, info: ProcessInfo) -> str:
        if not info.pid:
            return "it has ended and is started again"
        log = self._supervision.log_of(part.name)
        if size_of(log) in (0, self._log_starts[part.name]):
            return "it runs and has logged nothing"
        return f"it runs, its last log line is {age_of(log):.0f} s old"

    def _remember(self, parts: Iterable[Part] = ()) -> None:
        """Takes the processes that these parts have now for theirs; the end of any other is noticed."""
        infos = self._supervision.infos()
        self._pids |= {part.name: infos[part.name].pid for part in parts}
        running = {part.name: self._pids[part.name] for part in self._running_parts()}
        leftovers.remember(self._folder, {leftovers.SUPERVISOR: self._supervision.pid, **running})


def _evidence(part: Part, words: str, log: Path) -> str:
    evidence = f"its last words: {words} (log: {log})"
    return f"{evidence}: {part.advice}" if part.advice else evidence


@asynccontextmanager
async def _tasks() -> AsyncIterator[asyncio.TaskGroup]:
    """Raises the first failure of a task itself, where a group would wrap it."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _until_ready(ask: Callable[[], Awaitable[None]], limit: float, poll: float) -> None:
    waiting = AsyncRetrying(
        retry=retry_if_exception_type(NotReady),
        stop=stop_after_delay(limit),
        wait=wait_fixed(poll),
        reraise=True,
    )
    async for attempt in waiting:
        with attempt:
            await ask()


async def _until_true(holds: Callable[[], bool], poll: float) -> None:
    """For what is sure to come: supervisord kills what outlasts its limit."""
    waiting = AsyncRetrying(retry=retry_if_result(lambda result: not result), wait=wait_fixed(poll))

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
