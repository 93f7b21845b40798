"""The launcher runs stages of real processes, in a session as a terminal starts it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import psutil
import pytest

from launcher.leftovers import end_leftovers, find_processes_by_log
from tests.fixtures.ports import free_ports

pytestmark = pytest.mark.thorough

DRIVER = Path(__file__).parent / "stand_ins" / "driver.py"
LIMIT_SECONDS = 120.0
STAGES = [{"store": "serves"}, {"one": "serves", "two": "serves"}, {"door": "serves"}]
# One driver is shared by all tests that leave its other parts running.
RUNNING = [
    *STAGES,
    {"late": "slow", "late-again": "slow-again", "spare": "serves"},
]


class Driver:
    """A launcher that runs stand-in parts."""

    def __init__(
        self, folder: Path, stages: list[dict[str, str]], terminal: int | None = None
    ) -> None:
        """Start the launcher; `terminal` replaces the file that `output` reads."""
        self.folder = folder
        description = [
            [[name, behaviour, free_ports(1)[0]] for name, behaviour in stage.items()]
            for stage in stages
        ]
        with (folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, DRIVER, folder, json.dumps(description)],
                stdin=terminal,
                stdout=output if terminal is None else terminal,
                stderr=output if terminal is None else terminal,
                start_new_session=True,
            )

    def output(self) -> str:
        return (self.folder / "output").read_text()

    def journal(self) -> list[str]:
        path = self.folder / "journal"
        return path.read_text().splitlines() if path.exists() else []

    def processes(self) -> dict[str, psutil.Process]:
        """Return the first process of each part, by the part's name."""
        return {
            name: process
            for name, processes in find_processes_by_log(self.folder).items()
            for process in processes
            if process.ppid() == self.process.pid
        }

    def says(self, text: str, times: int = 1) -> bool:
        return self.output().count(text) >= times

    def wait_until_says(self, text: str, times: int = 1) -> None:
        wait_for(lambda: self.says(text, times) or self.process.poll() is not None, text)
        assert self.says(text, times), self.output()

    def ready(self) -> dict[str, psutil.Process]:
        self.wait_until_says("all ready")
        return self.processes()

    def interrupt(self) -> None:
        # To the whole process group, as the terminal's Ctrl-C does.
        os.killpg(self.process.pid, signal.SIGINT)

    def let(self, name: str) -> None:
        """Let a slow part finish its start."""
        (self.folder / f"journal.{name}").touch()

    def wait(self) -> int:
        return self.process.wait(LIMIT_SECONDS)


class Drive(Protocol):
    def __call__(
        self,
        stages: list[dict[str, str]],
        terminal: int | None = None,
        folders: Sequence[str] = (),
    ) -> Driver: ...


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Drive]:
    drivers: list[Driver] = []

    def start(
        stages: list[dict[str, str]], terminal: int | None = None, folders: Sequence[str] = ()
    ) -> Driver:
        folder = tmp_path / str(len(drivers))
        folder.mkdir()
        for name in folders:
            (folder / name).mkdir()
        drivers.append(Driver(folder, stages, terminal))
        return drivers[-1]

    yield start
    for driver in drivers:
        if driver.process.poll() is None:
            driver.process.terminate()
            driver.process.wait(LIMIT_SECONDS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    driver = Driver(tmp_path_factory.mktemp("running"), RUNNING)
    try:
        driver.wait_until_says("Still waiting for late (", times=2)
        assert not driver.says("all ready")
        driver.let("late")
        driver.ready()
        yield driver
    finally:
        if driver.process.poll() is None:
            driver.interrupt()
        assert driver.wait() == 0


def test_parts_start_stage_by_stage_with_a_line_for_each(running: Driver) -> None:
    started = [line.removeprefix("started ") for line in running.journal()]
    assert started[0] == "store"
    assert set(started[1:3]) == {"one", "two"}
    assert started[3] == "door"
    lines = running.output().splitlines()
    assert all(any(name in line and " s" in line for line in lines) for name in started)


def test_the_launcher_waits_for_a_slow_part_and_reports_it(running: Driver) -> None:
    lines = [line for line in running.output().splitlines() if "Still waiting for late (" in line]
    assert len(lines) > 1
    assert re.search(r"\(\d+ s\): it runs, its last log line is \d+ s old$", lines[-1])


def test_ctrl_c_stops_in_reverse_order_and_leaves_nothing(drive: Drive) -> None:
    driver = drive(STAGES)
    processes = driver.ready()
    driver.interrupt()
    assert driver.wait() == 0
    assert not alive(processes)
    events = driver.journal()[4:]
    assert events.index("stopped door") < events.index("stopping one")
    assert max(events.index("stopped one"), events.index("stopped two")) < events.index(
        "stopping store"
    )
    # Both parts of a stage stop at the same time.
    assert events.index("stopping one") < events.index("stopped two")
    assert events.index("stopping two") < events.index("stopped one")


def test_sigterm_stops_in_order(drive: Drive) -> None:
    driver = drive(STAGES)
    processes = driver.ready()
    driver.process.terminate()
    assert driver.wait() == 0
    assert not alive(processes)
    assert driver.journal()[-1] == "stopped store"


def test_a_closed_terminal_stops_in_order_without_a_signal(drive: Drive) -> None:
    terminal, end = os.openpty()
    driver = drive(STAGES, end)
    os.close(end)
    shown = b""
    while b"all ready" not in shown:
        shown += os.read(terminal, 1024)
    processes = driver.processes()
    os.close(terminal)
    assert driver.wait() == 0
    assert not alive(processes)
    assert driver.journal()[-1] == "stopped store"


def test_a_second_ctrl_c_leaves_no_orphans_of_a_part_that_ignores_signals(drive: Drive) -> None:
    driver = drive([{"store": "serves"}, {"mule": "stubborn"}])
    processes = driver.ready()
    driver.interrupt()
    driver.wait_until_says("Stopping in order")
    driver.interrupt()
    driver.wait_until_says("Still stopping")
    assert driver.wait() == 0
    assert not alive(processes)
    assert driver.journal()[-1] == "stopped store"


def test_ctrl_c_during_the_start_stops_the_started_parts(drive: Drive) -> None:
    driver = drive([{"store": "serves"}, {"late": "deaf"}])
    wait_for(lambda: "started late" in driver.journal(), "the second stage")
    processes = driver.processes()
    driver.interrupt()
    assert driver.wait() == 0
    assert not alive(processes)


def test_a_part_that_ends_is_restarted_and_reported(running: Driver) -> None:
    processes = running.processes()
    processes["one"].kill()
    running.wait_until_says("one ended unexpectedly and is started again")
    running.wait_until_says("one is back")
    again = running.processes()
    assert again["one"] != processes["one"]
    assert again["two"] == processes["two"]


def test_a_part_that_restarts_slowly_does_not_end_the_platform(running: Driver) -> None:
    """Its limit has passed when it is reported the second time; the other
    parts are still supervised."""
    processes = running.processes()
    processes["late-again"].kill()
    running.wait_until_says("Still waiting for late-again (", times=2)
    processes["two"].kill()
    running.wait_until_says("two is back")
    assert not running.says("late-again is back")
    running.let("late-again")
    running.wait_until_says("late-again is back")
    assert processes["late-again"] != running.processes()["late-again"]


def test_a_worker_that_outlives_its_killed_master_does_not_keep_the_port(drive: Drive) -> None:
    driver = drive([{"master": "forks"}])
    master = driver.ready()["master"]
    (worker,) = master.children()
    master.kill()
    driver.wait_until_says("master is back")
    assert not alive({"worker": worker})
    again = driver.processes()
    assert again["master"] != master
    (worker,) = again["master"].children()
    driver.interrupt()
    assert driver.wait() == 0
    assert not alive({"worker": worker, **again})


def test_a_part_that_keeps_ending_is_reported_with_its_last_words(
    drive: Drive, subtests: pytest.Subtests
) -> None:
    """The launcher gives up after a number of attempts, long before the part's time limit."""
    broken, full = (
        "wreck has a broken setting",
        "wreck could not write its lock: No space left on device",
    )
    words = {"ends": broken, "limps": broken, "fills": full}
    drivers = {behaviour: drive([{"store": "serves"}, {"wreck": behaviour}]) for behaviour in words}
    for behaviour, driver in drivers.items():
        with subtests.test(behaviour):
            assert driver.wait() == 1
            (line,) = [line for line in driver.output().splitlines() if "✗" in line]
            assert "wreck keeps ending" in line
            log = driver.folder / "wreck.log"
            advice = ": free some space, nothing is lost" if behaviour == "fills" else ""
            assert line.endswith(f"{words[behaviour]} (log: {log}){advice}")
            assert driver.journal()[-1] == "stopped store"


def test_a_part_that_never_answers_is_reported_with_its_last_words(drive: Drive) -> None:
    driver = drive([{"store": "serves"}, {"sleeper": "deaf"}])
    assert driver.wait() == 1
    (line,) = [line for line in driver.output().splitlines() if "✗" in line]
    assert "sleeper is not ready after 0.1 s: http://127.0.0.1:" in line
    assert "waiting for something that never comes" in line
    assert driver.journal()[-1] == "stopped store"


def test_optional_parts_may_fail_at_the_start(drive: Drive, subtests: pytest.Subtests) -> None:
    failing = {
        "spare-ends": "spare-ends keeps ending",
        "spare-limps": "spare-limps keeps ending",
        "spare-deaf": "spare-deaf is not ready",
        "spare-absent": "setpriv: failed to execute",
    }
    spares = {name: name.removeprefix("spare-") for name in failing}
    driver = drive([{"store": "serves"}, {**spares, "spare-two": "serves"}])
    processes = driver.ready()
    assert processes.keys() == {"store", "spare-two"}
    for name, reason in failing.items():
        with subtests.test(name):
            (line,) = [line for line in driver.output().splitlines() if f"without {name}" in line]
            assert reason in line
    driver.interrupt()
    assert driver.wait() == 0
    assert not alive(processes)
    assert {"stopped spare-two", "stopped store"} <= set(driver.journal())


def test_a_part_that_keeps_ending_later_is_restarted_until_it_stays(drive: Drive) -> None:
    driver = drive([{"store": "serves"}, {"weary": "tires"}])
    driver.ready()["weary"].kill()
    driver.wait_until_says(
        "weary keeps ending; its last words: weary has a broken setting", times=3
    )
    store = driver.processes()["store"]
    store.kill()
    driver.wait_until_says("store is back")
    driver.let("weary")
    driver.wait_until_says("weary is back")
    driver.interrupt()
    assert driver.wait() == 0
    assert not alive(driver.processes())


def test_a_part_that_cannot_be_started_for_a_while_does_not_end_the_platform(drive: Drive) -> None:
    """Its folder is missing; missing memory or disk space has the same effect."""
    driver = drive([{"store": "serves"}, {"tenant": "homed"}], folders=["tenant"])
    home = driver.folder / "tenant"
    processes = driver.ready()
    home.rename(driver.folder / "elsewhere")
    processes["tenant"].kill()
    driver.wait_until_says("tenant cannot be started now: No such file or directory", times=2)
    assert not alive({"tenant": processes["tenant"]})
    (driver.folder / "elsewhere").rename(home)
    driver.wait_until_says("tenant is back")
    assert driver.processes()["store"] == processes["store"]
    driver.interrupt()
    assert driver.wait() == 0


def test_an_optional_part_is_restarted_like_any_other(running: Driver) -> None:
    running.processes()["spare"].kill()
    running.wait_until_says("spare is back")


def test_a_killed_launcher_ends_its_parts(drive: Drive) -> None:
    driver = drive(STAGES)
    processes = driver.ready()
    driver.process.kill()
    wait_for(lambda: not alive(processes), "the parts to end")
    assert {f"stopped {name}" for name in processes} <= set(driver.journal())


def test_survivors_of_a_killed_launcher_are_ended_by_the_next_run(drive: Drive) -> None:
    """The survivors are a part that ignores its signal, and the worker of a part that was
    killed at the same moment."""
    driver = drive([{"store": "serves"}, {"mule": "stubborn", "master": "forks"}])
    processes = driver.ready()
    (worker,) = processes["master"].children()
    driver.process.send_signal(signal.SIGSTOP)
    processes["master"].kill()
    driver.process.kill()
    wait_for(lambda: not alive({"store": processes["store"]}), "the other part to end")
    assert alive({"mule": processes["mule"], "worker": worker}) == ["mule", "worker"]
    assert asyncio.run(end_leftovers(driver.folder, patience=0)) == ["master", "mule"]
    assert not alive({**processes, "worker": worker})
    assert asyncio.run(end_leftovers(driver.folder)) == []


def alive(processes: dict[str, psutil.Process]) -> list[str]:
    return [name for name, process in processes.items() if not _has_ended(process)]


def _has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
