"""A database server for tests that leave its roles unchanged, and the launcher's commands."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher.__main__ import main
from launcher.temporary import TemporaryCluster, temporary_cluster


@pytest.fixture(scope="session")
def server() -> Iterator[TemporaryCluster]:
    with temporary_cluster() as server:
        yield server


@pytest.fixture
def launcher(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[str, Path], tuple[int, str]]:
    """Run a command in this process as `python -m launcher` does; returns its
    status and its standard error."""

    def run(command: str, clone: Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["launcher", command, "--clone", str(clone)])
        return main(), capfd.readouterr().err

    return run
