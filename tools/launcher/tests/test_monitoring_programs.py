"""Finds the monitoring programs, and reports missing ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from launcher.monitoring.programs import (
    PACKAGES,
    MonitoringPackagesMissing,
    find_programs,
    knows_option,
)

DEBIANS = [names[0] for names in PACKAGES.values()]
MAKERS = [names[-1] for names in PACKAGES.values()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize("names", [DEBIANS, MAKERS])
def test_programs_are_found_under_the_names_of_debian_and_of_their_makers(
    folder: Path, names: list[str]
) -> None:
    for name in names:
        put_program(folder, name)
    assert list(vars(find_programs()).values()) == [folder / name for name in names]


def test_missing_packages_are_named_in_one_command(folder: Path) -> None:
    put_program(folder, "prometheus")
    put_program(folder, "node_exporter")
    with pytest.raises(MonitoringPackagesMissing) as refusal:
        find_programs()
    command = "`apt-get install prometheus-alertmanager prometheus-postgres-exporter`"
    assert command in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.usefixtures("folder")
def test_a_missing_program_prevents_the_start_before_anything_is_written(
    launcher: Callable[[str, Path], tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    monkeypatch.setenv("MONITORING", "1")
    status, errors = launcher("up", clone)
    assert status == 1
    assert f"apt-get install {' '.join(PACKAGES)}`" in errors
    assert len(errors.splitlines()) == 1
    assert not list(clone.iterdir())


def test_an_option_is_known_if_the_help_names_it(folder: Path) -> None:
    program = put_program(folder, "exporter", "echo '  --collector.old  Asks for it.' >&2")
    assert knows_option(program, "--collector.old")
    assert not knows_option(program, "--collector")


def put_program(folder: Path, name: str, script: str = "") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path
