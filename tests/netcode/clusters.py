"""A PostgreSQL that can be stopped and started during a test."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from launcher.temporary import TemporaryCluster, running_server, temporary_cluster

STOP_SECONDS = 15


@dataclass(frozen=True)
class StoppableCluster:
    """A temporary cluster for one test."""

    temporary: TemporaryCluster
    _servers: ExitStack

    def stop(self) -> None:
        """Stop the cluster as an upgrade does: connections are ended, committed data is kept."""
        pid = int((self.temporary.cluster.data / "postmaster.pid").read_text().splitlines()[0])
        server = psutil.Process(pid)
        server.send_signal(signal.SIGINT)
        server.wait(STOP_SECONDS)

    def start_again(self) -> None:
        """Start the stopped cluster."""
        cluster = self.temporary.cluster
        self._servers.enter_context(running_server(cluster, cluster.data.parent / "log"))


@contextmanager
def stoppable_cluster() -> Iterator[StoppableCluster]:
    """Start a cluster; remove it at the end, whether it runs or not."""
    with temporary_cluster() as temporary, ExitStack() as servers:
        yield StoppableCluster(temporary, servers)
