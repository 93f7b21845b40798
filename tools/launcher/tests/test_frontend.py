"""Packages and static files are rebuilt only after their sources have changed."""

import os
import sys
from pathlib import Path

import pytest

from launcher import frontend
from launcher.steps import StepFailed


@pytest.fixture
def ui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end whose npm and Python are stand-ins that only record their calls."""
    programs = tmp_path / "bin"
    programs.mkdir()
    npm = programs / "npm"
    npm.write_text(
        '#!/bin/sh\n[ ! -e broken ] || { echo no network; exit 1; }\nmkdir -p node_modules\necho "$@" >>calls\n'
    )
    python = programs / "python"
    python.write_text('#!/bin/sh\necho "$5 $6 $7" >>calls\n')
    for program in (npm, python):
        program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    ui = tmp_path / "ui"
    (ui / "src").mkdir(parents=True)
    (ui / "src" / "page.css").write_text("a")
    (ui / "package-lock.json").write_text("1")
    return ui


async def test_packages_are_installed_once_for_each_lock_file(ui: Path) -> None:
    assert await frontend.install_packages(ui, ui / "log")
    assert not await frontend.install_packages(ui, ui / "log")
    (ui / "package-lock.json").write_text("2")
    assert await frontend.install_packages(ui, ui / "log")
    assert (ui / "calls").read_text().count("ci ") == 2


async def test_a_failed_installation_is_reported_and_tried_again(ui: Path) -> None:
    (ui / "broken").touch()
    with pytest.raises(StepFailed, match=r"no network .*is the network there"):
        await frontend.install_packages(ui, ui / "log")
    (ui / "broken").unlink()
    assert await frontend.install_packages(ui, ui / "log")


async def test_edits_and_new_packages_rebuild_the_static_files(ui: Path, tmp_path: Path) -> None:
    target, runbooks = tmp_path / "assets", tmp_path / "runbooks"
    target.mkdir()
    runbooks.mkdir()

    async def is_built() -> bool:
        return await frontend.build_assets(ui, runbooks, target, ui / "log")

    assert await is_built()
    assert not await is_built()
    os.utime(ui / "src" / "page.css", (1, 1))
    assert await is_built()
    (ui / "src" / "page.pyc").touch()
    assert not await is_built()
    (runbooks / "Alert.md").write_text("# Alert")
    assert await is_built()
    os.utime(runbooks / "Alert.md", (1, 1))
    assert await is_built()
    (runbooks / "Alert.md").unlink()
    assert await is_built()
    assert not await is_built()
    await frontend.install_packages(ui, ui / "log")
    assert await is_built()
    assert (ui / "calls").read_text().splitlines()[0] == f"{target} --runbooks {runbooks}"
