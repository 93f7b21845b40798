"""A throw-away PostgreSQL server for tests, with the same binaries, roles and rights as in `make up`."""

import asyncio
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from launcher.databases import SERVICES, database_urls, provision_databases
from launcher.parts import READY_LIMIT_SECONDS
from launcher.postgres import HOST, THROW_AWAY_SETTINGS, Cluster, readable_binaries
from launcher.state_folder import (
    PASSABLE_MODE,
    PRIVATE_MODE,
    ROOT_STATE_FOLDERS,
    make_folder,
    unprivileged_account,
)

FOLDER_PREFIX = "throw-away-"
LOCK_FILE = "lock"
STOP_LIMIT_SECONDS = 60


@dataclass(frozen=True)
class TemporaryCluster:
    """A running cluster. `urls` has each service's database with its own role, `cluster.url(…)` the superuser's."""

    cluster: Cluster
    urls: Mapping[str, str]


@contextmanager
def temporary_cluster() -> Iterator[TemporaryCluster]:
    """Start an empty cluster with the three databases on a free port; remove it at the end.

    This takes about 1 s, and works as root and as an ordinary user. Files left by a killed run are removed by the next
    one. Raises the errors of `launcher.postgres`.
    """
    base = _parent_folder()
    _remove_leftovers(base)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=base))
    with (folder / LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield from _run_cluster(folder)
        finally:
            shutil.rmtree(folder)


def _parent_folder() -> Path:
    """Return the parent folder of clusters: root's own temporary folders may be closed to the account of the server."""
    if os.geteuid() != 0:
        return Path(tempfile.gettempdir())
    return make_folder(ROOT_STATE_FOLDERS, PASSABLE_MODE)


def _run_cluster(folder: Path) -> Iterator[TemporaryCluster]:
    account = unprivileged_account()
    folder.chmod(PASSABLE_MODE if account else PRIVATE_MODE)
    cluster = Cluster(
        binaries=readable_binaries(folder, account),
        data=make_folder(folder / "postgres", PRIVATE_MODE, account) / "data",
        port=_free_port(),
        password=secrets.token_urlsafe(),
        account=account,
        settings=THROW_AWAY_SETTINGS,
    )
    cluster.initialise_data()
    passwords = {name: secrets.token_urlsafe() for name in SERVICES}
    with running_server(cluster, folder / "log"):
        _provision(cluster, passwords)
        yield TemporaryCluster(cluster, database_urls(cluster, passwords))


@contextmanager
def running_server(cluster: Cluster, log: Path) -> Iterator[None]:
    """Run the server of an initialised cluster, and stop it immediately at the end."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            cluster.command(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cluster.data.parent,
            start_new_session=True,
            user=cluster.account.uid if cluster.account else None,
            group=cluster.account.gid if cluster.account else None,
            extra_groups=[] if cluster.account else None,
        )
    try:
        cluster.wait_until_ready(READY_LIMIT_SECONDS)
        yield
    finally:
        # Immediate, because the data is deleted next and need not reach the disk.
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_LIMIT_SECONDS)


def _provision(cluster: Cluster, passwords: Mapping[str, str]) -> None:
    """Create roles and databases in a separate thread, because the caller's may already run an event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(provision_databases(cluster, passwords))).result()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _remove_leftovers(base: Path) -> None:
    """Remove folders whose lock is free: they belong to runs that were killed."""
    for folder in base.glob(f"{FOLDER_PREFIX}*"):
        with suppress(OSError), (folder / LOCK_FILE).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _stop_leftover(folder / "postgres" / "data")
            # The lock is removed last, so that a partly removed folder is found again.
            shutil.rmtree(folder / "postgres", ignore_errors=True)
            shutil.rmtree(folder)


def _stop_leftover(data: Path) -> None:
    with suppress(FileNotFoundError, psutil.Error):
        server = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        if str(data) in server.cmdline():
            server.send_signal(signal.SIGQUIT)
            server.wait(STOP_LIMIT_SECONDS)
