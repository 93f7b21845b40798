import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import httpx
import pytest

from pong.log import InputLog
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client, local_match, register

HTML_NAME = "<img src=x onerror=alert(1)>"
MATCH_SECONDS = 60
PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Played:
    """A finished match between a player and somebody whose name is HTML."""

    player: Account
    ticket: dict[str, object]
    log: InputLog
    refused_before: set[str]
    record: dict[str, object]


@pytest.fixture
async def client(platform: Platform) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with gateway_client(platform) as client:
        yield client


@pytest.fixture(scope="session")
async def played(platform: Platform) -> AsyncGenerator[Played, None]:
    """One real match for all tests: it cannot be handed in before its ticks can have passed."""
    async with gateway_client(platform) as client:
        player = await register(client)
        ticket = await player.ticket(mode="local", opponent_name=HTML_NAME)
        seed = ticket["seed"]
        assert isinstance(seed, int)
        log = local_match(seed, 3)
        too_fast: set[str] = set()
        async with asyncio.timeout(MATCH_SECONDS):
            answer = await player.submit(ticket["ticket"], log)
            while answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
                too_fast.add(answer.json()["code"])
                await asyncio.sleep(PAUSE_SECONDS)
                answer = await player.submit(ticket["ticket"], log)
        assert answer.status_code == 201, answer.text
        yield Played(player, ticket, log, too_fast, answer.json())
