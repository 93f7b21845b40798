"""`make stack-deploy` on a Swarm: the same platform, updated and damaged while people use it."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.compose.access_log import now, tried_in_vain, troubles
from tests.compose.load import POLL_SECONDS, Ask, load, newcomer, reads_of, until, writes_of
from tests.compose.swarm import KINDS, Stack, planned_stack
from tests.fixtures.composed import ComposedPlatform
from tests.fixtures.docker import docker
from tests.platform.players import Account, client_at

UPDATED = ("auth", "history", "tournament", "ui")
START_LIMIT_SECONDS = 120
# The gateway resolves its names every 5 s.
FOUND_LIMIT_SECONDS = 15
ONE_OF_EACH = ("/leaderboard", "/api/user/schema", "/api/history/schema", "/api/tournament/schema")
UPDATE_LIMIT_SECONDS = 150
REQUESTS = 100


@dataclass(frozen=True)
class Deployed:
    """The running stack and a player on it."""

    stack: Stack
    player: Account
    reads: list[Ask]
    writes: list[Ask]

    @property
    def gateway(self) -> str:
        (only,) = self.stack.containers("gateway")
        return only

    def replicas(self) -> dict[str, set[str]]:
        return {service: self.stack.containers(service) for service in UPDATED}


@pytest.fixture(scope="module")
async def deployed(
    composed: ComposedPlatform, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Deployed, None]:
    secrets: Path = tmp_path_factory.mktemp("swarm") / "secrets"
    with planned_stack(composed, secrets) as stack:
        await asyncio.to_thread(stack.make, "stack-deploy")
        await settled(stack, START_LIMIT_SECONDS)
        async with client_at(stack.url) as client:
            await found_by_gateway(client)
            player, file = await newcomer(client)
            yield Deployed(stack, player, reads_of(player, file), writes_of(player))


async def settled(stack: Stack, limit_seconds: float) -> None:
    try:
        await until(stack.is_settled, limit_seconds)
    except TimeoutError:
        pytest.fail(f"not settled after {limit_seconds} s\n{stack.tasks()}")


async def found_by_gateway(client: httpx.AsyncClient) -> None:
    """Wait until the gateway has resolved the names of the services that started with it."""
    async with asyncio.timeout(FOUND_LIMIT_SECONDS):
        for path in ONE_OF_EACH:
            while (await client.get(path)).status_code != 200:  # noqa: ASYNC110 - no event
                await asyncio.sleep(POLL_SECONDS)


async def test_a_player_gets_a_ticket(deployed: Deployed) -> None:
    ticket = await deployed.player.ticket(mode="ai", level="normal")
    assert ticket["match_id"]


def test_every_service_has_two_replicas(deployed: Deployed) -> None:
    assert {service: len(found) for service, found in deployed.replicas().items()} == dict.fromkeys(
        UPDATED, 2
    )


async def test_an_update_fails_no_request(deployed: Deployed) -> None:
    since, before = now(), deployed.replicas()
    async with load(deployed.stack.url, deployed.reads + deployed.writes) as playing:
        await playing.goes_on(REQUESTS)
        await changed(deployed.stack, "completed", LOG_LEVEL="WARNING")
        # The old replicas serve for a while longer, as the gateway may still have their addresses.
        await until(lambda: all_new(deployed, before))
        await playing.goes_on(REQUESTS)
    assert playing.failures == [], troubles(deployed.gateway, since)
    # A new replica has no name before it is healthy, and an old one serves
    # longer than it has its name.
    assert tried_in_vain(deployed.gateway, since) == []


def all_new(deployed: Deployed, before: dict[str, set[str]]) -> bool:
    found = deployed.replicas()
    return all(len(found[each]) == 2 and not found[each] & before[each] for each in UPDATED)


async def test_a_version_that_does_not_start_is_rolled_back(deployed: Deployed) -> None:
    since, before = now(), deployed.replicas()
    async with load(deployed.stack.url, deployed.reads + deployed.writes) as playing:
        await playing.goes_on(REQUESTS)
        # No service accepts this pool size.
        await changed(
            deployed.stack, "rollback_completed", LOG_LEVEL="WARNING", DATABASE_POOL_SIZE="0"
        )
        await playing.goes_on(REQUESTS)
    assert playing.failures == [], troubles(deployed.gateway, since)
    assert deployed.replicas() == before


async def changed(stack: Stack, outcome: str, **chosen: str) -> None:
    """Deploy with changed values, and wait until all resulting updates have this outcome."""
    began = {service: stack.update_began(service) for service in UPDATED}
    await asyncio.to_thread(stack.make, "stack-deploy", **chosen)
    try:
        await until(
            lambda: all(
                stack.update_began(each) != began[each] and stack.update_of(each) == outcome
                for each in UPDATED
            ),
            UPDATE_LIMIT_SECONDS,
        )
    except TimeoutError:
        outcomes = {each: stack.update_of(each) for each in UPDATED}
        pytest.fail(f"not {outcome}: {outcomes}\n{stack.tasks()}")


@pytest.mark.parametrize("service", ["history", "ui"])
async def test_a_killed_container_is_replaced(deployed: Deployed, service: str) -> None:
    since, before = now(), deployed.stack.containers(service)
    async with load(deployed.stack.url, deployed.reads) as reading:
        await reading.goes_on(REQUESTS)
        await asyncio.to_thread(docker, "kill", min(before))
        await until(lambda: len(deployed.stack.containers(service) - before) == 1)
        await until(lambda: deployed.stack.replicas()[service] == "2/2")
        await reading.goes_on(REQUESTS)
    assert reading.failures == [], troubles(deployed.gateway, since)


async def test_a_changed_secret_is_used_after_the_next_deployment(deployed: Deployed) -> None:
    folder = Path(deployed.stack.environment["SECRETS_DIR"])
    for name in ("tls_certificate.pem", "tls_key.pem"):
        (folder / name).unlink()
    await asyncio.to_thread(deployed.stack.make, "stack-deploy", LOG_LEVEL="WARNING")
    made = (folder / "tls_certificate.pem").read_text()
    await until(lambda: served_certificate(deployed.stack.port) == made)


def served_certificate(port: int) -> str | None:
    try:
        return ssl.get_server_certificate(("localhost", port))
    except OSError:
        # The old gateway has stopped, and the new one has not started.
        return None


async def test_removing_the_stack_leaves_only_its_volumes(deployed: Deployed) -> None:
    await asyncio.to_thread(deployed.stack.make, "stack-remove")
    await until(lambda: not deployed.stack.left_over("container"))
    left = {kind: len(deployed.stack.left_over(kind)) for kind in KINDS}
    assert {kind: count for kind, count in left.items() if count} == {"volume": 3}
