"""Runs the tests as several pytest processes in parallel: `python -m tests.lanes test`.

Each process runs a group of folders, which share a platform, a browser or an application.
"""

import argparse
import asyncio
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from tests.fixtures.summary import Summary

ROOT = Path(__file__).parents[1]
LOGS = ROOT / ".lanes"
"""The log of each group's last run."""

SELECTIONS = {
    "test": "not thorough and not drill",
    "test-all": "not drill",
    "drills": "drill",
    "test-compose": "not drill",
}
"""The markers that each verb selects."""

GROUPS = (
    ("tests/browser", "tests/platform"),
    ("services/auth",),
    ("services/tournament",),
    tuple(
        f"services/auth/tests/{feature}"
        for feature in ("oauth", "friends", "passkeys", "profiles", "two_factor")
    ),
    ("tests/netcode", "tests/tournaments"),
    ("tests/monitoring",),
    ("tests/logging",),
    ("libs",),
    ("tests/gateway",),
    ("tools",),
    ("ui",),
)
"""The groups, longest first, so that no long one is left at the end. All other
folders form one more group."""

IN_REAL_TIME = {"services/tournament", "tests/browser", "tests/netcode"}
"""Groups with live matches at 60 ticks per second: processes of other
groups have a lower priority."""

CONTAINERS = "tests/compose"
SWARM = "tests/compose/test_swarm.py"
SECOND_STACK = (
    "tests/compose/monitoring",
    "tests/compose/test_log_files.py",
    "tests/compose/test_logging_order.py",
    "tests/compose/test_images.py",
)
"""About half of the container tests by duration. They run in a second stack in parallel."""

GREEN = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


@dataclass(frozen=True)
class Group:
    """Folders or files whose tests run in one process."""

    name: str
    arguments: Sequence[str]
    selection: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.replace('/', '-')}.log"

    @property
    def summary(self) -> Path:
        return self.log.with_suffix(".json")

    @property
    def command(self) -> Sequence[str]:
        give_way = () if self.name in IN_REAL_TIME else ("nice", "-n", "5")
        options = ("-m", self.selection, f"--summary={self.summary}", "--durations=10")
        return (*give_way, sys.executable, "-m", "pytest", *options, *self.arguments)


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
    outcomes = asyncio.run(_run_all(_stages(verb), _lanes(verb)))
    return _report(verb, outcomes)


def _lanes(verb: str) -> int:
    cores = len(os.sched_getaffinity(0))
    # Drills measure seconds and need the machine for themselves. About half of `make test` is
    # waiting, less of the platforms that only `make test-all` starts. Docker's address pools
    # suffice for the networks of two stacks.
    return {"drills": 1, "test": cores + 2, "test-all": cores + 1, "test-compose": 2}[verb]


def _stages(verb: str) -> Sequence[Sequence[Group]]:
    """Return the stages, which run one after another; the groups of a stage run in parallel."""
    selection = SELECTIONS[verb]
    if verb == "test-compose":
        return _in_containers(selection)
    return [_groups(selection, ["--hypothesis-profile=quick"] if verb == "test" else [])]


def _groups(selection: str, options: Sequence[str]) -> list[Group]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    everything: list[str] = settings["tool"]["pytest"]["ini_options"]["testpaths"]
    taken = [folder for folders in GROUPS for folder in folders] + [CONTAINERS]
    # pytest does not ignore a folder that is named on the command line.
    others = [folder for folder in everything if folder not in taken]
    return [
        Group(name, [*options, *folders, *_without(taken, below=folders)], selection)
        for name, folders in [*((each[0], each) for each in GROUPS), ("others", others)]
    ]


def _without(taken: Sequence[str], *, below: Sequence[str]) -> list[str]:
    """Return options that ignore what other groups run from these folders."""
    return [
        f"--ignore={path}" for path in taken if any(path.startswith(f"{each}/") for each in below)
    ]


def _in_containers(selection: str) -> Sequence[Sequence[Group]]:
    """Return the stages of container tests, each group with its own stack."""
    composed = "--platform=composed"
    platform = (composed, "tests/platform", "tests/browser/test_journey.py")
    in_image = {"NGINX": "tests/compose/nginx-in-image", "GATEWAY_IN_IMAGE": "1"}
    return (
        # Chromium drops pages while network interfaces come and go, so no
        # other stack starts in parallel.
        [Group("platform", platform, selection)],
        [
            Group("monitoring", (composed, *SECOND_STACK), selection),
            Group(
                "containers",
                (composed, CONTAINERS, *_without((*SECOND_STACK, SWARM), below=[CONTAINERS])),
                selection,
            ),
            Group("gateway", ["tests/gateway"], "image", in_image),
        ],
        # Leaving a Swarm removes the names of containers in every other stack.
        [Group("swarm", (composed, SWARM), selection)],
    )


async def _run_all(stages: Sequence[Sequence[Group]], lanes: int) -> list[Outcome]:
    free = asyncio.Semaphore(lanes)
    outcomes = []
    for groups in stages:
        outcomes += await asyncio.gather(*(_run(group, free) for group in groups))
    return outcomes


async def _run(group: Group, free: asyncio.Semaphore) -> Outcome:
    async with free:
        group.summary.unlink(missing_ok=True)
        started = monotonic()
        with group.log.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *group.command,
                cwd=ROOT,
                env=os.environ | group.environment,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
            exit_code = await process.wait()
        # There is no summary if the process died.
        found = group.summary.read_bytes() if group.summary.exists() else b"{}"
        outcome = Outcome(group, exit_code, msgspec.json.decode(found, type=Summary))
        _say(outcome, monotonic() - started)
        return outcome


def _say(outcome: Outcome, seconds: float) -> None:
    if not outcome.is_green:
        print(outcome.group.log.read_text(errors="replace"))
    count = len(outcome.summary.failed)
    print(
        f"{outcome.group.name}: {outcome.summary.passed} passed, {count} failed in {seconds:.0f} s"
        f" ({outcome.summary.cpu_seconds:.0f} s of CPU)",
        flush=True,
    )


def _report(verb: str, outcomes: Sequence[Outcome]) -> int:
    total = Summary()
    for outcome in outcomes:
        total.passed += outcome.summary.passed
        total.failed += outcome.summary.failed
        total.cpu_seconds += outcome.summary.cpu_seconds
        if not outcome.is_green and not outcome.summary.failed:
            total.failed.append(f"{outcome.group.name} (ended with {outcome.exit_code})")
        _add(total.skipped, outcome.summary.skipped)
        _add(total.left_out, outcome.summary.left_out)
    print()
    for line in total.lines():
        print(line)
    if verb != "test-compose":
        print("Containers: `make test-compose` runs their tests")
    for name in total.failed:
        print(f"FAILED {name}")
    print(f"make {verb}: {LOGS.name}/ has a log for each of {len(outcomes)} groups")
    print(
        f"{total.passed} passed, {len(total.failed)} failed, {sum(total.skipped.values())} skipped,"
        f" {total.cpu_seconds:.0f} s of CPU"
    )
    return 1 if total.failed or not total.passed else 0


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for reason, count in more.items():
        total[reason] = total.get(reason, 0) + count


if __name__ == "__main__":
    sys.exit(main())
