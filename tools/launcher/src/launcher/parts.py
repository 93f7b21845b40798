"""Describes a part of the platform as data: its command, when it is ready, and how it stops."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from launcher.errors import NotReady
from launcher.postgres import Cluster
from launcher.state_folder import Account

PROBE_LIMIT_SECONDS = 3.0
# Seconds; longer than a loaded machine needs: at a load of 20 on two cores the slowest part, auth, took 40 s to import
# its modules. A part that hangs is named on the terminal long before.
READY_LIMIT_SECONDS = 300.0
# A service gives its open requests 10 s; PostgreSQL's checkpoint takes less on a laptop.
STOP_LIMIT_SECONDS = 15


class Probe(Protocol):
    async def check_ready(self) -> None:
        """Raise NotReady unless the part is ready."""


@dataclass(frozen=True)
class HttpProbe:
    """Ready when every address answers 200. `certificate` is the trusted one for https."""

    urls: tuple[str, ...]
    certificate: Path | None = None

    async def check_ready(self) -> None:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.certificate is not None:
            trust.load_verify_locations(self.certificate)
        # Without a proxy from the environment, because these addresses are on this machine.
        async with httpx.AsyncClient(
            verify=trust, trust_env=False, timeout=PROBE_LIMIT_SECONDS
        ) as client:
            for url in self.urls:
                await _expect_ok(client, url)


@dataclass(frozen=True)
class PostgresProbe:
    cluster: Cluster

    async def check_ready(self) -> None:
        if not await asyncio.to_thread(self.cluster.is_accepting_connections):
            raise NotReady("it accepts no connections")


@dataclass(frozen=True)
class Part:
    """One supervised process. Signals are names without SIG; limits are in seconds.

    `ready_limit` applies to the start; a restarted part is waited for as long as it lives. The part inherits the
    launcher's `descriptors`. If a part that is not `needed` fails at the start, the others continue without it.
    """

    name: str
    command: tuple[str, ...]
    probe: Probe
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: str = "TERM"
    ready_limit: float = READY_LIMIT_SECONDS
    stop_limit: int = STOP_LIMIT_SECONDS
    descriptors: tuple[int, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class Stage:
    """Parts that start together, and the action after all of them are ready. Stages stop in reverse order."""

    parts: tuple[Part, ...]
    afterwards: Callable[[], Awaitable[None]] | None = None


async def _expect_ok(client: httpx.AsyncClient, url: str) -> None:
    try:
        answer = await client.get(url)
    except httpx.HTTPError as error:
        raise NotReady(f"{url} gives no answer ({type(error).__name__})") from error
    if answer.status_code != httpx.codes.OK:
        raise NotReady(f"{url} answers {answer.status_code}")
