"""A PostgreSQL that is stopped and started in the middle of things."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from launcher.temporary import TemporaryCluster, running, temporary_cluster

STOP_SECONDS = 15


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
        cluster = self.temporary.cluster
        self._servers.enter_context(running(cluster, cluster.data.parent / "log"))


@contextmanager
def stoppable_cluster() -> Iterator[StoppableCluster]:
    """Start it; remove it at the end, whichever way it runs."""
    with temporary_cluster() as temporary, ExitStack() as servers:
        yield StoppableCluster(temporary, servers)
