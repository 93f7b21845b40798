"""`make admin` calls the running auth's command with auth's environment."""

import os
import subprocess
import sys
import time
from asyncio import run
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.admin import AdminRefused, NotRunning, set_admin
from launcher.console import Report
from launcher.state_folder import StateFolder, open_state_folder, remove_state_folder

# Stands in for auth's package: knows one name, and records how it was called.
AUTH = """
import os, sys
if sys.argv[2] != "alice":
    sys.exit(f"There is no account {sys.argv[2]}.")
with open(os.environ["CALLED"], "a") as file:
    print(*sys.argv[1:], os.environ["AUTH_DATABASE_URL"], file=file)
"""


@pytest.fixture
def state_folder(tmp_path: Path) -> Iterator[StateFolder]:
    clone = tmp_path / "clone"
    clone.mkdir()
    state_folder = open_state_folder(clone)
    yield state_folder
    remove_state_folder(state_folder)


@pytest.fixture
def called(state_folder: StateFolder, tmp_path: Path) -> Iterator[Path]:
    """A file with the calls of auth's command, one a line, while a stand-in for auth runs."""
    (tmp_path / "auth").mkdir()
    (tmp_path / "auth" / "__init__.py").touch()
    (tmp_path / "auth" / "__main__.py").write_text(AUTH)
    called = tmp_path / "called"
    given = {
        "PYTHONPATH": str(tmp_path),
        "CALLED": str(called),
        "AUTH_DATABASE_URL": "postgresql://the-running-one",
    }
    with waiting_process(state_folder, given):
        yield called


def test_an_account_becomes_an_administrator_and_stops_being_one(
    state_folder: StateFolder, called: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    run(set_admin(state_folder.clone, "alice", report, revoke=False))
    run(set_admin(state_folder.clone, "alice", report, revoke=True))
    assert called.read_text().splitlines() == [
        "grant-admin alice postgresql://the-running-one",
        "revoke-admin alice postgresql://the-running-one",
    ]
    assert capfd.readouterr().out.splitlines() == [
        "alice is an administrator.",
        "alice is no administrator any more.",
    ]


def test_an_unknown_name_is_reported(state_folder: StateFolder, called: Path) -> None:
    with pytest.raises(AdminRefused) as refusal:
        run(set_admin(state_folder.clone, "nobody", Report(), revoke=False))
    assert str(refusal.value) == "There is no account nobody."
    assert not called.exists()


def test_a_stopped_platform_is_reported(state_folder: StateFolder, tmp_path: Path) -> None:
    never = tmp_path / "never"
    never.mkdir()
    with waiting_process(state_folder, {}):
        pass
    for clone in (never, state_folder.clone):
        with pytest.raises(NotRunning, match="make up"):
            run(set_admin(clone, "alice", Report(), revoke=False))
    assert not list(never.iterdir())


@contextmanager
def waiting_process(state_folder: StateFolder, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a process, and wait for its first output: while it starts, the kernel
    shows an empty environment."""
    command = [sys.executable, "-c", "import sys; print('here', flush=True); sys.stdin.read()"]
    log = state_folder.private_folder("logs") / "auth.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, env={**os.environ, **environment}
        ),
    ):
        while not log.stat().st_size:
            time.sleep(0.01)
        yield
