"""A laboratory with the other services, and the gateway in front of it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from history.app import create_app as create_history
from history.settings import HistorySettings
from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tests.gateway.nginx import Gateway, Services, running_gateway
from tests.gateway.upstream import FakeService
from tests.netcode.backends import keys_and_tokens
from tests.netcode.laboratory import Laboratory
from tests.netcode.replicas import SECRET, Replicas
from tests.netcode.slow_network import SlowNetwork

Address = tuple[str, int]
NOWHERE: Address = ("127.0.0.1", 9)


@dataclass
class Road:
    """A path to another service, which can be closed."""

    there: Address
    network: SlowNetwork
    is_open: bool = True

    def close(self) -> None:
        self.is_open = False
        self.network.break_off()

    def open(self) -> None:
        self.is_open = True


@dataclass(frozen=True)
class Setting:
    """A laboratory and the services around it."""

    laboratory: Laboratory
    auth_url: str
    history_road: Road


@asynccontextmanager
async def laboratory_with_neighbours(
    databases: dict[str, ServiceDatabase], key: SigningKey, logs: Path
) -> AsyncGenerator[Setting, None]:
    """Serve keys, tokens and history; the test starts the processes of tournament."""
    async with AsyncExitStack() as stack:
        auth_url = await stack.enter_async_context(served(keys_and_tokens(key)))
        history = create_history(
            HistorySettings(
                environment="test",
                history_database_url=SecretStr(databases["history"].url),
                history_ticket_secret=SecretStr(SECRET),
            ),
            db=await stack.enter_async_context(databases["history"].committed()),
            keys=key,
        )
        history_url = await stack.enter_async_context(served(history))
        network = SlowNetwork(lambda: road.there if road.is_open else NOWHERE)
        road = Road(address_of(history_url), network)
        road_url = await stack.enter_async_context(network.serve())
        db = await stack.enter_async_context(databases["tournament"].committed())
        replicas = Replicas(
            {
                "ENVIRONMENT": "test",
                "AUTH_URL": auth_url,
                "HISTORY_URL": road_url.replace("ws", "http", 1),
                "TOURNAMENT_DATABASE_URL": databases["tournament"].url,
                "TOURNAMENT_SERVICE_SECRET": SECRET,
            },
            logs,
        )
        await stack.enter_async_context(replicas.all_ended())
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=history_url, timeout=PATIENCE_SECONDS)
        )
        yield Setting(Laboratory(db, key, replicas, client), auth_url, road)


@asynccontextmanager
async def gateway_before(auth_url: str, ports: Sequence[int]) -> AsyncGenerator[Gateway, None]:
    """Run the real gateway before replicas at these ports, whether they run or not."""
    no_service = FakeService("nobody")
    host, port = address_of(auth_url)
    # Has the effect of a name with several addresses, without a name server.
    replicas = " fail_timeout=5s; server ".join(f"127.0.0.1:{each}" for each in ports)
    values = {
        "AUTH_UPSTREAM": f"{host}:{port}",
        "TOURNAMENT_UPSTREAM": replicas,
        "GATEWAY_CONNECTIONS": "5000",
        "GATEWAY_STREAMS": "500",
    }
    with running_gateway(
        Services(no_service, no_service, no_service, no_service), values
    ) as gateway:
        yield gateway


def address_of(url: str) -> Address:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port
