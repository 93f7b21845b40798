"""Runs the tests as several pytest processes side by side: `python -m tests.lanes test`.

Each process takes a group of folders. A group keeps what its tests share: the platform, a browser, an application.
"""

import argparse
import asyncio
import os
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from tests.fixtures.summary import Summary

ROOT = Path(__file__).parents[1]
LOGS = ROOT / ".lanes"
"""A log for each group, of the last run."""

SELECTIONS = {
    "test": "not thorough and not drill",
    "test-all": "not drill",
    "drills": "drill",
}
"""What each verb runs, by marker."""

GROUPS = (
    ("services/auth",),
    ("tests/browser", "tests/platform"),
    ("services/tournament",),
    ("tests/netcode", "tests/tournaments"),
    ("tests/logging",),
    ("tests/monitoring",),
    ("tests/gateway",),
    ("tools",),
    ("libs",),
    ("ui",),
)
"""The longest first, so that no lane has a long one left at the end. All other folders are one more group."""

CONTAINERS = "tests/compose"
"""Not here: `make test-compose`. Chromium drops pages while network interfaces come and go."""

GREEN = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


@dataclass(frozen=True)
class Group:
    """Folders whose tests one process runs."""

    name: str
    arguments: Sequence[str]

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.replace('/', '-')}.log"

    @property
    def summary(self) -> Path:
        return self.log.with_suffix(".json")


@dataclass(frozen=True)
class Outcome:
    """How a group's process ended."""

    group: Group
    exit_code: int
    summary: Summary

    @property
    def is_green(self) -> bool:
        return self.exit_code in GREEN


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=SELECTIONS)
    verb: str = parser.parse_args().verb
    LOGS.mkdir(exist_ok=True)
    # Drills measure seconds and have the machine for themselves.
    lanes = 1 if verb == "drills" else len(os.sched_getaffinity(0))
    outcomes = asyncio.run(_run_all(SELECTIONS[verb], lanes))
    return _report(verb, outcomes)


async def _run_all(selection: str, lanes: int) -> list[Outcome]:
    free = asyncio.Semaphore(lanes)
    return await asyncio.gather(*(_run(group, selection, free) for group in _groups()))


def _groups() -> list[Group]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    everything: list[str] = settings["tool"]["pytest"]["ini_options"]["testpaths"]
    elsewhere = [folder for folders in GROUPS for folder in folders] + [CONTAINERS]
    # pytest ignores no folder that it was told to run.
    others = [folder for folder in everything if folder not in elsewhere]
    others += [f"--ignore={folder}" for folder in elsewhere]
    return [*(Group(folders[0], folders) for folders in GROUPS), Group("others", others)]


async def _run(group: Group, selection: str, free: asyncio.Semaphore) -> Outcome:
    async with free:
        group.summary.unlink(missing_ok=True)
        started = monotonic()
        with group.log.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "pytest", "-m", selection, f"--summary={group.summary}", "--durations=10"),
                *group.arguments,
                cwd=ROOT,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
            exit_code = await process.wait()
        # None where the process died before its end.
        found = group.summary.read_bytes() if group.summary.exists() else b"{}"
        outcome = Outcome(group, exit_code, msgspec.json.decode(found, type=Summary))
        _say(outcome, monotonic() - started)
        return outcome


def _say(outcome: Outcome, seconds: float) -> None:
    if not outcome.is_green:
        print(outcome.group.log.read_text(errors="replace"))
    count = len(outcome.summary.failed)
    print(
        f"{outcome.group.name}: {outcome.summary.passed} passed, {count} failed in {seconds:.0f} s",
        flush=True,
    )


def _report(verb: str, outcomes: Sequence[Outcome]) -> int:
    total = Summary()
    for outcome in outcomes:
        total.passed += outcome.summary.passed
        total.failed += outcome.summary.failed
        if not outcome.is_green and not outcome.summary.failed:
            total.failed.append(f"{outcome.group.name} (ended with {outcome.exit_code})")
        _add(total.skipped, outcome.summary.skipped)
        _add(total.left_out, outcome.summary.left_out)
    print()
    for line in (*total.lines(), "Containers: `make test-compose` runs their tests"):
        print(line)
    for name in total.failed:
        print(f"FAILED {name}")
    print(f"make {verb}: {LOGS.name}/ has a log for each of {len(outcomes)} groups")
    print(
        f"{total.passed} passed, {len(total.failed)} failed, {sum(total.skipped.values())} skipped"
    )
    return 1 if total.failed or not total.passed else 0


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for reason, count in more.items():
        total[reason] = total.get(reason, 0) + count


if __name__ == "__main__":
    sys.exit(main())
