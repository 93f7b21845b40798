"""The folder of everything that the platform writes, and its access rights.

For an ordinary user it is the folder `.state` in the clone. PostgreSQL refuses to run as root, and nginx's workers
should not, so under root both run as the account `nobody`, which cannot enter a private home folder. Instead of opening
that home, the state is then stored in a folder of its own, and `.state` is a link to it.
"""

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError

ROOT_STATE_FOLDERS = Path("/var/lib/transcendence")
UNPRIVILEGED_USER = "nobody"
LINK_NAME = ".state"
# Contains the path of the clone that a folder belongs to, so that a moved clone finds its data again.
OWNER_FILE = "clone"

PRIVATE_MODE = 0o700
PASSABLE_MODE = 0o755
# The umask of processes that the launcher starts.
CHILD_UMASK = 0o022


class NoUnprivilegedUser(LaunchError):
    def __init__(self) -> None:
        super().__init__(
            f"PostgreSQL does not run as root and this machine has no user '{UNPRIVILEGED_USER}': "
            "run `make up` as an ordinary user"
        )


class StateOfAnotherUser(LaunchError):
    def __init__(self, link: Path, uid: int) -> None:
        try:
            owner = pwd.getpwuid(uid).pw_name
        except KeyError:
            owner = f"user {uid}"
        super().__init__(
            f"{link} belongs to {owner}: run `make up` as {owner}, or delete every account, match "
            f"and tournament in it with `make reset` as {owner}"
        )


@dataclass(frozen=True)
class Account:
    """The account of an unprivileged process."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """Return the account `nobody` if the launcher runs as root, else None: everything then runs as the caller."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        raise NoUnprivilegedUser from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class StateFolder:
    """The state of one clone: `folder` is the real folder, `link` its name inside the clone."""

    clone: Path
    folder: Path
    account: Account | None

    @property
    def link(self) -> Path:
        return self.clone / LINK_NAME

    def private_folder(self, name: str) -> Path:
        """Return a folder that only the launcher's user may read, created if it is missing."""
        return make_folder(self.folder / name, PRIVATE_MODE)

    def passable_folder(self, name: str) -> Path:
        """Return a folder that the unprivileged account may read too."""
        return make_folder(self.folder / name, PASSABLE_MODE if self.account else PRIVATE_MODE)

    def unprivileged_folder(self, name: str) -> Path:
        """Return a folder that belongs to the unprivileged account alone."""
        return make_folder(self.folder / name, PRIVATE_MODE, self.account)


def open_state_folder(clone: Path, base: Path = ROOT_STATE_FOLDERS) -> StateFolder:
    """Find or create the clone's state folder.

    Raises NoUnprivilegedUser, or StateOfAnotherUser if another user ran this clone before.
    """
    clone = clone.resolve()
    account = unprivileged_account()
    link = clone / LINK_NAME
    _refuse_state_of_others(link, account)
    if account is None:
        return StateFolder(clone, make_folder(link, PRIVATE_MODE), None)
    folder = _folder_of_link(link, clone, base) or base / _folder_name(clone)
    make_folder(base, PASSABLE_MODE)
    make_folder(folder, PASSABLE_MODE)
    (folder / OWNER_FILE).write_text(f"{clone}\n")
    _set_link(link, folder)
    return StateFolder(clone, folder, account)


def remove_state_folder(state_folder: StateFolder) -> None:
    """Delete everything that the clone's runs have written, including the link."""
    shutil.rmtree(state_folder.folder)
    if state_folder.link.is_symlink():
        state_folder.link.unlink()
        if not any(state_folder.folder.parent.iterdir()):
            state_folder.folder.parent.rmdir()


def make_folder(folder: Path, mode: int, account: Account | None = None) -> Path:
    """Create one folder with exactly this mode and owner, whatever the umask; its parent must exist."""
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder


def _refuse_state_of_others(link: Path, account: Account | None) -> None:
    if not (link.is_symlink() or link.exists()):
        return
    found = link.lstat()
    own = found.st_uid == os.geteuid()
    if not own or (account is not None) != link.is_symlink():
        raise StateOfAnotherUser(link, found.st_uid)


def _folder_of_link(link: Path, clone: Path, base: Path) -> Path | None:
    """Return the folder that the link names. None if there is no such folder, or if this clone was copied (`cp -r`) and
    the folder belongs to the original."""
    if not link.is_symlink():
        return None
    folder = link.readlink()
    owner_file = folder / OWNER_FILE
    if folder.parent != base or not owner_file.is_file():
        return None
    owner = Path(owner_file.read_text().strip())
    copied = owner != clone and (owner / LINK_NAME).is_symlink()
    return None if copied else folder


def _folder_name(clone: Path) -> str:
    return f"{clone.name}-{hashlib.sha256(os.fsencode(clone)).hexdigest()[:8]}"


def _set_link(link: Path, folder: Path) -> None:
    if link.is_symlink() and link.readlink() == folder:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
