"""Checks before the start, and their error messages."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher.checks import (
    AlreadyRunning,
    DiskFull,
    PortInUse,
    ProgramMissing,
    check_free_space,
    check_ports,
    check_setpriv,
    hold_clone_lock,
)
from launcher.state_folder import LINK_NAME, open_state_folder


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_an_occupied_port_is_reported_with_its_process_and_its_setting(taken: int) -> None:
    with pytest.raises(PortInUse) as refusal:
        check_ports({"gateway": ("127.0.0.1", taken)})
    assert f"Port {taken} is in use by" in str(refusal.value)
    assert f"(process {os.getpid()})" in str(refusal.value)
    assert "GATEWAY_PORT=" in str(refusal.value)


def test_a_port_occupied_on_the_loopback_is_occupied_for_every_address(taken: int) -> None:
    with pytest.raises(PortInUse):
        check_ports({"gateway": ("0.0.0.0", taken)})  # noqa: S104 (the gateway's own default)


def test_a_full_disk_is_reported_with_the_needed_space(tmp_path: Path) -> None:
    check_free_space(tmp_path, megabytes=0)
    with pytest.raises(DiskFull, match="needs 1000000000 MB: free some space"):
        check_free_space(tmp_path, megabytes=10**9)


def test_a_port_that_was_just_closed_is_free() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        client.connect(("127.0.0.1", port))
        accepted, _ = server.accept()
        # The side that closes first stays in TIME_WAIT.
        accepted.close()
    check_ports({"gateway": ("127.0.0.1", port)})


def test_a_second_run_of_a_clone_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    with (
        hold_clone_lock(tmp_path, tmp_path),
        pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"),
        hold_clone_lock(tmp_path, tmp_path),
    ):
        pytest.fail("two at once")


def test_a_killed_process_releases_the_lock(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, launcher.checks as c\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "c.hold_clone_lock(folder, folder).__enter__()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with hold_clone_lock(tmp_path, tmp_path):
        pass


def test_reset_is_refused_while_the_platform_runs(
    launcher: Callable[[str, Path], tuple[int, str]], tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    assert launcher("reset", clone) == (0, "")
    state_folder = open_state_folder(clone)
    with hold_clone_lock(state_folder.private_folder("run"), state_folder.clone):
        refused = launcher("reset", clone)
        assert launcher("up", clone) == refused
    assert refused[0] == 1
    assert f"already runs for {clone} (process {os.getpid()})" in refused[1]
    assert launcher("reset", clone) == (0, "")
    assert not (clone / LINK_NAME).is_symlink()


def test_a_missing_setpriv_is_reported_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    check_setpriv()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match="install util-linux"):
        check_setpriv()
