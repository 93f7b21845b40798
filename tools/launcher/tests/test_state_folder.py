"""Access rights in the state folder, as root and as an ordinary user; nothing
outside the folder is changed."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.parts import READY_LIMIT_SECONDS
from launcher.postgres import THROW_AWAY_SETTINGS, Cluster, readable_binaries
from launcher.state_folder import (
    LINK_NAME,
    ROOT_STATE_FOLDERS,
    StateFolder,
    StateOfAnotherUser,
    open_state_folder,
    remove_state_folder,
    unprivileged_account,
)
from tests.fixtures.ports import free_ports

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has a place of its own")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone below a home folder that is closed to other users."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    clone = home / "clone of ours"
    clone.mkdir()
    return clone


@pytest.fixture
def state_folder(clone: Path) -> Iterator[StateFolder]:
    state_folder = open_state_folder(clone)
    yield state_folder
    if state_folder.folder.exists():
        remove_state_folder(state_folder)


def test_an_ordinary_users_state_is_a_private_folder_in_the_clone(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.state_folder.unprivileged_account", lambda: None)
    state_folder = open_state_folder(clone)
    assert state_folder.folder == clone / LINK_NAME
    assert mode(state_folder.folder) == 0o700
    assert mode(state_folder.unprivileged_folder("postgres")) == 0o700


@as_root
def test_a_database_starts_under_a_closed_home_and_changes_nothing_outside(
    state_folder: StateFolder,
) -> None:
    home = state_folder.clone.parent
    before = [(folder, mode(folder), owner(folder)) for folder in (home, *home.parents)]
    accounts = pwd.getpwall()
    cluster = Cluster(
        binaries=readable_binaries(state_folder.folder, state_folder.account),
        data=state_folder.unprivileged_folder("postgres") / "data",
        port=free_ports(1)[0],
        password="x",
        account=state_folder.account,
        settings=THROW_AWAY_SETTINGS,
    )
    cluster.initialise_data()
    with subprocess.Popen(
        cluster.command(), user="nobody", cwd="/", stderr=subprocess.DEVNULL
    ) as server:
        cluster.wait_until_ready(READY_LIMIT_SECONDS)
        server.send_signal(signal.SIGQUIT)
    assert [(folder, mode(folder), owner(folder)) for folder, _, _ in before] == before
    assert pwd.getpwall() == accounts
    assert names_in(home) == [state_folder.clone.name]
    assert names_in(state_folder.clone) == [LINK_NAME]


@as_root
def test_unprivileged_processes_reach_their_own_files_only(state_folder: StateFolder) -> None:
    assert state_folder.link.readlink() == state_folder.folder
    assert state_folder.folder.parent == ROOT_STATE_FOLDERS
    (state_folder.private_folder("secrets") / "key").write_text("secret")
    (state_folder.passable_folder("assets") / "page").write_text("page")
    state_folder.unprivileged_folder("postgres")
    assert runs_as_nobody("cat", state_folder.folder / "assets" / "page")
    assert runs_as_nobody("touch", state_folder.folder / "postgres" / "file")
    assert not runs_as_nobody("cat", state_folder.folder / "secrets" / "key")
    assert not runs_as_nobody("touch", state_folder.folder / "assets" / "file")
    assert not runs_as_nobody("touch", state_folder.folder / "file")


@as_root
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_modes_do_not_depend_on_the_umask(clone: Path, umask: int) -> None:
    previous = os.umask(umask)
    try:
        state_folder = open_state_folder(clone)
        modes = [
            mode(state_folder.folder),
            mode(state_folder.private_folder("a")),
            mode(state_folder.passable_folder("b")),
        ]
        remove_state_folder(state_folder)
    finally:
        os.umask(previous)
    assert modes == [0o755, 0o700, 0o755]


@as_root
def test_a_moved_clone_finds_its_data_again(state_folder: StateFolder) -> None:
    (state_folder.folder / "data").write_text("kept")
    moved = state_folder.clone.rename(state_folder.clone.with_name("elsewhere"))
    found = open_state_folder(moved)
    assert (found.folder / "data").read_text() == "kept"


@as_root
def test_a_copied_clone_gets_a_state_folder_of_its_own(state_folder: StateFolder) -> None:
    copy = Path(
        shutil.copytree(state_folder.clone, state_folder.clone.with_name("copy"), symlinks=True)
    )
    other = open_state_folder(copy)
    assert other.folder != state_folder.folder
    remove_state_folder(other)
    assert state_folder.folder.exists()


@as_root
def test_another_users_state_is_refused_with_their_name(clone: Path) -> None:
    state = clone / LINK_NAME
    state.mkdir()
    os.chown(state, unprivileged_uid(), -1)
    with pytest.raises(StateOfAnotherUser, match="belongs to nobody"):
        open_state_folder(clone)


def test_removing_leaves_neither_folder_nor_link(state_folder: StateFolder) -> None:
    state_folder.private_folder("secrets")
    remove_state_folder(state_folder)
    assert not state_folder.folder.exists()
    assert names_in(state_folder.clone) == []


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def owner(path: Path) -> tuple[int, int]:
    return path.stat().st_uid, path.stat().st_gid


def unprivileged_uid() -> int:
    account = unprivileged_account()
    assert account is not None
    return account.uid


def runs_as_nobody(program: str, path: Path) -> bool:
    done = subprocess.run(
        [program, path], user="nobody", extra_groups=[], check=False, capture_output=True, cwd="/"
    )
    return done.returncode == 0
