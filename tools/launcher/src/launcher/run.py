"""Starts stages of parts, supervises them, and stops them in reverse order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from launcher.console import Report, seconds_since
from launcher.errors import LaunchError
from launcher.logs import rotate_log
from launcher.parts import Stage
from launcher.supervision import DEFAULT_PACE, Pace, SupervisedPart


async def run_stages(
    stages: Sequence[Stage],
    *,
    logs: Path,
    report: Report,
    cleanup: AsyncExitStack,
    announce: Callable[[], None],
    pace: Pace = DEFAULT_PACE,
) -> None:
    """Start the parts stage by stage, call `announce` when all are ready, and supervise them until cancelled.

    A callback that stops the started parts is pushed onto `cleanup`, which the caller closes.

    Raises:
        LaunchError: a needed part does not become ready.
    """
    run = _Run(logs, report, pace)
    cleanup.push_async_callback(run.stop)
    async with _task_group() as supervision:
        for stage in stages:
            for part in await run.start_stage(stage):
                supervision.create_task(part.keep_running())
            if stage.afterwards is not None:
                await stage.afterwards()
        announce()
        await run.rotate_logs_forever()


class _Run:
    def __init__(self, logs: Path, report: Report, pace: Pace) -> None:
        self._logs = logs
        self._report = report
        self._pace = pace
        self._stages: list[list[SupervisedPart]] = []

    async def start_stage(self, stage: Stage) -> list[SupervisedPart]:
        """Start a stage and return its ready parts; one that is not needed may be missing."""
        parts = [SupervisedPart(part, self._logs, self._report, self._pace) for part in stage.parts]
        self._stages.append(parts)
        with self._report.spinner(f"{_joined_names(parts)} …"):
            async with _task_group() as starts:
                ready = [starts.create_task(self._start(part)) for part in parts]
        return [part for part, task in zip(parts, ready, strict=True) if task.result()]

    async def rotate_logs_forever(self) -> None:
        while True:
            for stage in self._stages:
                for part in stage:
                    rotate_log(part.log)
            await asyncio.sleep(self._pace.watch)

    async def stop(self) -> None:
        for parts in reversed(self._stages):
            if not parts:
                continue
            started = asyncio.get_running_loop().time()
            with self._report.spinner(f"Stopping {_joined_names(parts)} …"):
                await asyncio.gather(*(part.stop() for part in parts))
            self._report.print_done(_joined_names(parts), f"stopped in {seconds_since(started)}")

    async def _start(self, part: SupervisedPart) -> bool:
        try:
            await part.start()
        except LaunchError as error:
            if part.part.needed:
                raise
            await part.stop()
            self._report.print_notice(f"{error}; the platform goes on without {part.part.name}")
            return False
        return True


def _joined_names(parts: Sequence[SupervisedPart]) -> str:
    return ", ".join(part.part.name for part in parts)


@asynccontextmanager
async def _task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """Run a task group that raises the first failure itself, not wrapped in an exception group."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
