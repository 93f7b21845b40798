"""Players with real accounts on a running platform, who use the API through the gateway."""

import asyncio
import ssl
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import httpx

from pong.engine import new_match, step
from pong.log import InputLog
from tests.fixtures.platform import Platform

PASSWORD = "a long walk along the net"
SEED_OF_A_TICKET = "seed"
DOWN = 1
PAIRED_SECONDS = 20
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Account:
    """A registered and signed-in player."""

    username: str
    client: httpx.AsyncClient
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}

    async def ticket(self, **wanted: object) -> dict[str, Any]:
        answer = await self.client.post(
            "/api/history/tickets", json={"points": 3, **wanted}, headers=self.headers
        )
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()
        return ticket

    async def submit(self, ticket: object, log: InputLog, **more: object) -> httpx.Response:
        inputs = {"ticks": log.ticks, "changes": [list(change) for change in log.changes]}
        return await self.client.post(
            "/api/history/matches",
            json={"ticket": ticket, "inputs": inputs, **more},
            headers=self.headers,
        )


def gateway_client(platform: Platform) -> httpx.AsyncClient:
    return client_at(platform.url)


def client_at(url: str, timeout_seconds: float = 5) -> httpx.AsyncClient:
    """Return a client that accepts the gateway's self-signed certificate."""
    trust = ssl.create_default_context()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    return httpx.AsyncClient(base_url=url, verify=trust, timeout=timeout_seconds)


async def register(client: httpx.AsyncClient) -> Account:
    username = f"player-{token_hex(4)}"
    answer = await client.post(
        "/api/user/register",
        json={"username": username, "email": f"{username}@example.org", "password": PASSWORD},
    )
    assert answer.status_code == 201, answer.text
    return await signed_in(client, username)


async def signed_in(client: httpx.AsyncClient, username: str) -> Account:
    answer = await client.post("/api/user/login", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    return Account(username, client, tokens["access_token"], tokens["refresh_token"])


async def pair(one: Account, other: Account) -> str:
    """Let the queue pair two players; return the ID of their match."""
    for account in (one, other):
        answer = await account.client.put(
            "/api/tournament/queue", json={"points": 3, "rated": True}, headers=account.headers
        )
        assert answer.status_code == 200, answer.text
    async with asyncio.timeout(PAIRED_SECONDS):
        while True:
            answer = await one.client.get("/api/tournament/matches/current", headers=one.headers)
            if answer.is_success:
                match_id: str = answer.json()["match_id"]
                return match_id
            await asyncio.sleep(POLL_SECONDS)


def local_match(seed: int, points: int) -> InputLog:
    """Play a local match in which the left side holds a key for ever and the
    right side never presses one."""
    state = new_match(seed, points)
    while not state.winner:
        step(state, DOWN, 0)
    return InputLog(ticks=state.tick, changes=[(0, DOWN, 0)])
