"""Matches that begin before all tests, since each can be submitted only after
its ticks can have passed.

That time passes while other tests run.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from pong.log import InputLog
from tests.browser.people import register_verified
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client, local_match, register

HTML_NAME = "<img src=x onerror=alert(1)>"
POINTS = 3
HOTSEAT = {
    "kind": "hotseat",
    "name": "At home",
    "format": "single_elimination",
    "size": 2,
    "points": POINTS,
    "aliases": ["Ann", "Ben"],
}
MATCH_SECONDS = 60
PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Begun:
    """A match between a player and a guest at the same keyboard, with its prepared inputs."""

    player: Account
    ticket: dict[str, Any]
    log: InputLog

    async def hand_in(self) -> dict[str, Any]:
        """Submit the match as soon as there was time to play it; return its record."""
        async with asyncio.timeout(MATCH_SECONDS):
            while (answer := await self._submit()).status_code != httpx.codes.CREATED:
                assert answer.json()["code"] == "log_too_fast", answer.text
                await asyncio.sleep(PAUSE_SECONDS)
        record: dict[str, Any] = answer.json()
        return record

    async def _submit(self) -> httpx.Response:
        return await self.player.submit(self.ticket["ticket"], self.log)


@dataclass(frozen=True)
class Played(Begun):
    """A finished match between a player and a guest whose name is HTML."""

    record: dict[str, Any]


@dataclass(frozen=True)
class Cup(Begun):
    """The only match of a hotseat tournament."""

    address: str


@pytest.fixture
async def client(platform: Platform) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with gateway_client(platform) as client:
        yield client


@pytest.fixture(scope="session", autouse=True)
async def begun(platform: Platform) -> AsyncGenerator[Begun, None]:
    async with gateway_client(platform) as client:
        player = await register(client)
        ticket = await player.ticket(mode="local", opponent_name=HTML_NAME)
        yield Begun(player, ticket, local_match(ticket["seed"], POINTS))


@pytest.fixture(scope="session", autouse=True)
async def cup(platform: Platform) -> AsyncGenerator[Cup, None]:
    async with gateway_client(platform) as client:
        host = await register_verified(platform, client)
        created = await ask(host, "POST", "/api/tournament/tournaments", HOTSEAT)
        address = f"/api/tournament/tournaments/{created['id']}"
        await ask(host, "POST", f"{address}/start")
        ticket = await ask(host, "POST", f"{address}/pairings/1/ticket")
        yield Cup(host, ticket, local_match(ticket["seed"], POINTS), address)


@pytest.fixture(scope="session")
async def played(begun: Begun) -> Played:
    """One real match for all tests."""
    return Played(begun.player, begun.ticket, begun.log, await begun.hand_in())


async def ask(who: Account, method: str, address: str, body: object = None) -> dict[str, Any]:
    answer = await who.client.request(method, address, json=body, headers=who.headers)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
