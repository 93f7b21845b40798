"""A match between two people in containers can be reached through every replica."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import asyncpg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.browser.people import register_verified
from tests.fixtures.composed import SERVICE_PORTS, ComposedPlatform
from tests.fixtures.docker import docker
from tests.platform.players import Account, gateway_client, pair

WELCOME = 16
ARRIVALS = 6
"""Enough connections to reach every replica, since the gateway distributes sockets in turn."""
TAKEN_SECONDS = 8
"""Up to 3 s until the lease has expired and another replica takes the match, and a
margin for slow containers."""
POLL_SECONDS = 0.1


@pytest.fixture
async def two_replicas(composed: ComposedPlatform) -> AsyncGenerator[ComposedPlatform, None]:
    await asyncio.to_thread(_scale, composed, 2)
    try:
        yield composed
    finally:
        await asyncio.to_thread(_scale, composed, 1)


async def test_a_match_is_reached_through_every_replica_and_survives_its_owner(
    two_replicas: ComposedPlatform,
) -> None:
    async with gateway_client(two_replicas) as client:
        alice = await register_verified(two_replicas, client)
        bob = await register_verified(two_replicas, client)
        match_id = await pair(alice, bob)
        # Until a replica has taken the match.
        await _reach_with_retries(two_replicas, match_id, alice)
        for account in (alice, bob) * ARRIVALS:
            async with _court(two_replicas, match_id, account) as socket:
                assert await _first_byte(socket) == WELCOME
        owner = await _owner(two_replicas)
        await asyncio.to_thread(docker, "kill", owner)
        killed_at = monotonic()
        try:
            await _reach_with_retries(two_replicas, match_id, alice)
            assert monotonic() - killed_at < TAKEN_SECONDS
            assert await _owner(two_replicas) != owner
        finally:
            await asyncio.to_thread(docker, "start", owner)
            await asyncio.to_thread(two_replicas.wait_healthy)


@asynccontextmanager
async def _court(
    platform: ComposedPlatform, match_id: str, account: Account
) -> AsyncIterator[ClientConnection]:
    trust = ssl.create_default_context()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    address = platform.url.replace("https", "wss", 1)
    async with connect(
        f"{address}/api/tournament/matches/{match_id}/play",
        additional_headers=account.headers,
        ssl=trust,
        compression=None,
    ) as socket:
        yield socket


async def _first_byte(socket: ClientConnection) -> int:
    async with asyncio.timeout(TAKEN_SECONDS):
        frame = await socket.recv()
    assert isinstance(frame, bytes)
    return frame[0]


async def _reach_with_retries(platform: ComposedPlatform, match_id: str, account: Account) -> None:
    """Retry, as a page does, until a replica accepts the socket."""
    async with asyncio.timeout(TAKEN_SECONDS):
        while True:
            try:
                async with _court(platform, match_id, account) as socket:
                    assert await _first_byte(socket) == WELCOME
                    return
            except (WebSocketException, OSError):
                await asyncio.sleep(POLL_SECONDS)


async def _owner(platform: ComposedPlatform) -> str:
    """Return the container that runs the newest unfinished match."""
    connection = await asyncpg.connect(platform.database_url("tournament"))
    try:
        address = await connection.fetchval(
            "SELECT r.address FROM replicas r JOIN matches m ON m.owner = r.id"
            " WHERE m.ended_at IS NULL ORDER BY m.id DESC LIMIT 1"
        )
    finally:
        await connection.close()
    [owner] = [
        each
        for each in platform.containers("tournament")
        if f"{platform.address(each, 'services')}:{SERVICE_PORTS['tournament']}" == address
    ]
    return owner


def _scale(platform: ComposedPlatform, replicas: int) -> None:
    platform.compose("up", "--no-recreate", "--wait", f"--scale=tournament={replicas}")
