"""Real processes of the tournament service that can be started, killed and stopped."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.ports import HOST, free_ports

SECRET = "only-for-tests-9876543210abcdefghij"


@dataclass
class Replica:
    """One process, and its own address."""

    process: Process
    url: str

    def kill(self) -> None:
        """Kill the process, as a power failure would."""
        self.process.send_signal(signal.SIGKILL)

    def freeze(self) -> None:
        """Freeze the process, like a swapping machine or a migrating virtual one."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the process continue as if no time had passed."""
        self.process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """Stop the process as a deployment does."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.process.wait()


class Replicas:
    """Starts processes on one database, with the same other services."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self._environment = environment
        self._logs = logs
        self._started: list[Replica] = []

    async def start(self, port: int | None = None, **changes: str) -> Replica:
        """Start another process and wait until it is ready."""
        port = port or free_ports(1)[0]
        url = f"http://{HOST}:{port}"
        with (self._logs / f"{port}.json").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "tournament"),
                env={**os.environ, **self._environment, "TOURNAMENT_PORT": str(port), **changes},
                stdout=log,
                stderr=log,
                stdin=DEVNULL,
            )
        replica = Replica(process, url)
        self._started.append(replica)
        await _until_ready(replica)
        return replica

    @asynccontextmanager
    async def all_ended(self) -> AsyncGenerator[None, None]:
        """Kill all processes that still run at the end."""
        try:
            yield
        finally:
            for replica in self._started:
                if replica.process.returncode is None:
                    replica.kill()
                await replica.process.wait()


async def _until_ready(replica: Replica) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), httpx.AsyncClient() as client:
        while True:
            assert replica.process.returncode is None, "the process ended while it started"
            try:
                if (await client.get(f"{replica.url}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
