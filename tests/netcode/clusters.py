"""A PostgreSQL that is stopped and started in the middle of things."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from launcher.postgres import Cluster
from launcher.temporary import TemporaryCluster, temporary_cluster

STOP_SECONDS = 15
START_SECONDS = 30


@dataclass(frozen=True)
class StoppableCluster:
    """A throw-away cluster of one's own."""

    temporary: TemporaryCluster
    _servers: ExitStack

    def stop(self) -> None:
        """Stop it as an upgrade does: connections are ended, what was committed is kept."""
        pid = int((self.temporary.cluster.data / "postmaster.pid").read_text().splitlines()[0])
        server = psutil.Process(pid)
        server.send_signal(signal.SIGINT)
        server.wait(STOP_SECONDS)

    def start_again(self) -> None:
        """Run it once more."""
        self._servers.enter_context(_running(self.temporary.cluster))


@contextmanager
def stoppable_cluster() -> Iterator[StoppableCluster]:
    """Start it; remove it at the end, whichever way it runs."""
    with temporary_cluster() as temporary, ExitStack() as servers:
        yield StoppableCluster(temporary, servers)


@contextmanager
def _running(cluster: Cluster) -> Iterator[None]:
    """As the launcher does."""
    server = subprocess.Popen(
        cluster.command(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=cluster.data.parent,
        start_new_session=True,
        user=cluster.account.uid if cluster.account else None,
        group=cluster.account.gid if cluster.account else None,
        extra_groups=[] if cluster.account else None,
    )
    try:
        cluster.wait_until_ready(START_SECONDS)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_SECONDS)
