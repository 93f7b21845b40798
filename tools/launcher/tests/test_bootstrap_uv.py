"""The shell script that finds or installs uv, on machines that lack a requirement."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "bootstrap-uv"
TOOLS = ("sh", "dirname", "mkdir", "rm", "tail")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A clone, and a PATH with only the most basic tools."""
    (tmp_path / "tools").mkdir()
    shutil.copy(SCRIPT, tmp_path / "tools")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    return tmp_path


def test_uv_on_the_path_is_used(machine: Path) -> None:
    put(machine / "bin" / "uv", "echo 'uv 0.9.0 (linux)'")
    assert run(machine).stdout.strip() == str(machine / "bin" / "uv")


def test_uv_too_old_for_the_lock_file_is_ignored(machine: Path) -> None:
    put(machine / "bin" / "uv", "echo 'uv 0.4.30'")
    put(machine / ".tools" / "uv" / "bin" / "uv", "echo 'uv 0.13.9'")
    assert run(machine).stdout.strip() == str(machine / ".tools" / "uv" / "bin" / "uv")


@pytest.mark.parametrize("python", [None, "exit 1"])
def test_missing_or_old_python_is_reported_in_one_line(machine: Path, python: str | None) -> None:
    if python:
        put(machine / "bin" / "python3", python)
    refused = run(machine)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Python 3.11 or newer is missing")
    assert refused.stderr.count("\n") == 1


def test_python_without_venv_and_pip_is_reported(machine: Path) -> None:
    put(machine / "bin" / "python3", 'case "$2" in *version_info*) exit 0 ;; esac; exit 1')
    refused = run(machine)
    assert refused.returncode == 1
    assert "has neither venv nor pip" in refused.stderr


def test_a_failed_installation_is_reported_with_pips_last_line_and_removed(machine: Path) -> None:
    put(
        machine / "bin" / "python3",
        'case "$*" in *ensurepip*) exit 1 ;; *install*) mkdir -p .tools/uv; '
        "echo noise; echo no network >&2; exit 1 ;; esac",
    )
    refused = run(machine)
    assert refused.returncode == 1
    said = "uv could not be installed: no network (log: .tools/uv.log): is the network there?"
    assert refused.stderr.splitlines()[-1] == said
    assert "no network" in (machine / ".tools" / "uv.log").read_text()
    assert not (machine / ".tools" / "uv").exists()


def put(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine / "tools" / "bootstrap-uv"],
        env={"PATH": str(machine / "bin")},
        cwd=machine,
        check=False,
        capture_output=True,
        text=True,
    )
