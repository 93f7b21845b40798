"""Replicas are added, removed and killed while people use the platform."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest

from tests.compose.access_log import answered, now, troubles
from tests.compose.load import Ask, Load, load, newcomer, reads_of, until, writes_of
from tests.fixtures.composed import SERVICE_PORTS, ComposedPlatform
from tests.fixtures.docker import docker
from tests.platform.players import gateway_client

SCALED = ("history", "tournament", "ui")
# The gateway caches a name for 5 s and a failure for less.
NOTICED_SECONDS = 10
REQUESTS = 100


@dataclass(frozen=True)
class Scaled:
    """The platform with two replicas of each service in SCALED, and the load during scaling."""

    platform: ComposedPlatform
    gateway: str
    reads: list[Ask]
    growing: Load
    began: str
    seconds_until_used: float

    def addresses(self, service: str) -> set[str]:
        """Return the replicas as the gateway's log names them."""
        return {
            f"{self.platform.address(container, 'services')}:{SERVICE_PORTS[service]}"
            for container in self.platform.containers(service)
        }

    async def all_answer(self, since: str) -> float:
        """Wait until every replica has answered a request since a moment; raises TimeoutError."""
        wanted = {address for service in SCALED for address in self.addresses(service)}
        return await until(lambda: wanted <= set(answered(self.gateway, since)), NOTICED_SECONDS)


@pytest.fixture(scope="module")
async def scaled(composed: ComposedPlatform) -> AsyncGenerator[Scaled, None]:
    async with gateway_client(composed) as client:
        player, file = await newcomer(client)
    reads = reads_of(player, file)
    gateway = composed.container("gateway")
    began = now()
    try:
        async with load(composed.url, reads + writes_of(player)) as growing:
            await growing.goes_on(REQUESTS)
            await asyncio.to_thread(scale, composed, 2)
            scaled = Scaled(composed, gateway, reads, growing, began, 0.0)
            seconds = await scaled.all_answer(now())
            await growing.goes_on(REQUESTS)
        yield Scaled(composed, gateway, reads, growing, began, seconds)
    finally:
        await asyncio.to_thread(scale, composed, 1)


def scale(platform: ComposedPlatform, replicas: int) -> None:
    wanted = (f"--scale={service}={replicas}" for service in SCALED)
    platform.compose("up", "--no-recreate", "--wait", *wanted)


def test_adding_replicas_fails_no_request(scaled: Scaled) -> None:
    assert scaled.growing.failures == [], troubles(scaled.gateway, scaled.began)


def test_new_replicas_are_used_without_a_reload(scaled: Scaled) -> None:
    assert scaled.seconds_until_used < NOTICED_SECONDS
    assert scaled.platform.inspect(scaled.gateway)["State"]["StartedAt"] < scaled.began
    for service in SCALED:
        assert len(scaled.addresses(service)) == 2


async def test_connections_to_replicas_are_reused(scaled: Scaled) -> None:
    before = {each: opened(scaled, each) for each in scaled.platform.containers("history")}
    since = now()
    async with load(scaled.platform.url, scaled.reads) as reading:
        await reading.goes_on(3 * REQUESTS)
    requests = answered(scaled.gateway, since)
    for container, connections in before.items():
        address = f"{scaled.platform.address(container, 'services')}:{SERVICE_PORTS['history']}"
        assert opened(scaled, container) - connections < requests[address] / 2


def opened(scaled: Scaled, container: str) -> int:
    """Return the number of TCP connections that a container has ever accepted."""
    table = scaled.platform.run_in(container, "cat", "/proc/net/snmp").stdout
    names, values = (line.split() for line in table.splitlines() if line.startswith("Tcp:"))
    return int(dict(zip(names, values, strict=True))["PassiveOpens"])


@pytest.mark.parametrize("service", ["history", "ui"])
@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_a_removed_replica_fails_no_read(scaled: Scaled, service: str, how: str) -> None:
    since = now()
    gone = scaled.platform.containers(service)[-1]
    async with load(scaled.platform.url, scaled.reads) as reading:
        await reading.goes_on(REQUESTS)
        await asyncio.to_thread(docker, how, gone)
        await reading.goes_on(4 * REQUESTS)
        await asyncio.to_thread(docker, "start", gone)
        await asyncio.to_thread(scaled.platform.wait_healthy)
        await scaled.all_answer(now())
    assert reading.failures == [], troubles(scaled.gateway, since)
