"""Who may read what, as root and as an ordinary user; nothing outside the place is touched."""

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
from launcher.place import (
    LINK_NAME,
    ROOT_BASE,
    Place,
    StateOfAnotherUser,
    open_place,
    remove_place,
    unprivileged_account,
)
from launcher.postgres import THROW_AWAY_SETTINGS, Cluster, readable_binaries
from tests.fixtures.ports import free_ports

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has a place of its own")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Below a home that is closed to everybody else."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    clone = home / "clone of ours"
    clone.mkdir()
    return clone


@pytest.fixture
def place(clone: Path) -> Iterator[Place]:
    place = open_place(clone)
    yield place
    if place.folder.exists():
        remove_place(place)


def test_state_of_an_ordinary_user_is_a_private_folder_in_the_clone(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.place.unprivileged_account", lambda: None)
    place = open_place(clone)
    assert place.folder == clone / LINK_NAME
    assert mode(place.folder) == 0o700
    assert mode(place.unprivileged("postgres")) == 0o700


@as_root
def test_database_starts_under_a_closed_home_and_changes_nothing_outside(place: Place) -> None:
    home = place.clone.parent
    before = [(folder, mode(folder), owner(folder)) for folder in (home, *home.parents)]
    accounts = pwd.getpwall()
    cluster = Cluster(
        binaries=readable_binaries(place.folder, place.account),
        data=place.unprivileged("postgres") / "data",
        port=free_ports(1)[0],
        password="x",
        account=place.account,
        settings=THROW_AWAY_SETTINGS,
    )
    cluster.initialise()
    with subprocess.Popen(
        cluster.command(), user="nobody", cwd="/", stderr=subprocess.DEVNULL
    ) as server:
        cluster.wait_until_ready(READY_LIMIT_SECONDS)
        server.send_signal(signal.SIGQUIT)
    assert [(folder, mode(folder), owner(folder)) for folder, _, _ in before] == before
    assert pwd.getpwall() == accounts
    assert names_in(home) == [place.clone.name]
    assert names_in(place.clone) == [LINK_NAME]


@as_root
def test_unprivileged_reach_what_is_theirs_and_nothing_else(place: Place) -> None:
    assert place.link.readlink() == place.folder
    assert place.folder.parent == ROOT_BASE
    (place.private("secrets") / "key").write_text("secret")
    (place.passable("assets") / "page").write_text("page")
    place.unprivileged("postgres")
    assert runs_as_nobody("cat", place.folder / "assets" / "page")
    assert runs_as_nobody("touch", place.folder / "postgres" / "file")
    assert not runs_as_nobody("cat", place.folder / "secrets" / "key")
    assert not runs_as_nobody("touch", place.folder / "assets" / "file")
    assert not runs_as_nobody("touch", place.folder / "file")


@as_root
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_modes_do_not_depend_on_the_umask(clone: Path, umask: int) -> None:
    previous = os.umask(umask)
    try:
        place = open_place(clone)
        modes = [mode(place.folder), mode(place.private("a")), mode(place.passable("b"))]
        remove_place(place)
    finally:
        os.umask(previous)
    assert modes == [0o755, 0o700, 0o755]


@as_root
def test_clone_that_moved_finds_its_data_again(place: Place) -> None:
    (place.folder / "data").write_text("kept")
    moved = place.clone.rename(place.clone.with_name("elsewhere"))
    found = open_place(moved)
    assert (found.folder / "data").read_text() == "kept"


@as_root
def test_copy_of_a_clone_gets_a_place_of_its_own(place: Place) -> None:
    copy = Path(shutil.copytree(place.clone, place.clone.with_name("copy"), symlinks=True))
    other = open_place(copy)
    assert other.folder != place.folder
    remove_place(other)
    assert place.folder.exists()


@as_root
def test_state_of_somebody_else_is_refused_with_their_name(clone: Path) -> None:
    state = clone / LINK_NAME
    state.mkdir()
    os.chown(state, unprivileged_uid(), -1)
    with pytest.raises(StateOfAnotherUser, match="belongs to nobody"):
        open_place(clone)


def test_removing_leaves_neither_folder_nor_link(place: Place) -> None:
    place.private("secrets")
    remove_place(place)
    assert not place.folder.exists()
    assert names_in(place.clone) == []


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
