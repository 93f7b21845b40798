"""Players who follow a tournament on their own: they notice match calls, confirm
that they are ready, and play."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import websockets

from demo import wire
from tests.platform.players import Account

LOOK_SECONDS = 3.0
"""Interval after which players look without an event, like a person who reloads a page."""
AGAIN_SECONDS = 0.3
ROOT = "/api/tournament"
TROUBLE = (httpx.HTTPError, OSError, websockets.WebSocketException)
"""Errors that a client gets when its server is killed."""


@dataclass
class Player:
    """A player with a strength: in each match the weaker player resigns once the ball has moved."""

    account: Account
    strength: int
    stronger_than: dict[str, int]
    """The strength of all players, by name."""
    played: list[str] = field(default_factory=list)
    """The matches that the player has played to the end."""
    _is_called: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        return self.account.username

    async def follow(self, tournament_id: str) -> None:
        """Play all matches to which the player is called, until the tournament has ended."""
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen())
            while await self._is_on(tournament_id):
                for match_call in await self._match_calls():
                    await self._answer(match_call)
                self._is_called.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._is_called.wait()
            listening.cancel()

    async def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Repeat a request until a server answers it."""
        while True:
            with suppress(*TROUBLE):
                answer = await self.account.client.request(
                    method, f"{ROOT}{path}", json=body, headers=self.account.headers
                )
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return answer
            await asyncio.sleep(AGAIN_SECONDS)

    async def play(self, match_id: str, *, gives_up: bool) -> None:
        """Play a match to its end, reconnecting whenever the server fails."""
        while match_id not in self.played:
            with suppress(*TROUBLE):
                await self._connect(match_id, gives_up=gives_up)
            await asyncio.sleep(AGAIN_SECONDS)
            if (await self._current()) != match_id:
                self.played.append(match_id)

    async def _is_on(self, tournament_id: str) -> bool:
        state: str = (await self.ask("GET", f"/tournaments/{tournament_id}")).json()["state"]
        return state == "running"

    async def _match_calls(self) -> list[dict[str, Any]]:
        match_call: list[dict[str, Any]] = (await self.ask("GET", "/tournaments/summons")).json()
        return match_call

    async def _answer(self, match_call: dict[str, Any]) -> None:
        match_id = match_call["match_id"]
        if not match_call["ready"]:
            path = (
                f"/tournaments/{match_call['tournament_id']}/pairings/{match_call['number']}/ready"
            )
            answer = await self.ask("POST", path)
            match_id = answer.json().get("match_id") if answer.is_success else None
        if match_id is not None and match_id not in self.played:
            weaker = self.strength < self.stronger_than[match_call["opponent"]]
            await self.play(match_id, gives_up=weaker)

    async def _connect(self, match_id: str, *, gives_up: bool) -> None:
        base = urlsplit(str(self.account.client.base_url))
        async with websockets.connect(
            f"wss://{base.netloc}{ROOT}/matches/{match_id}/play",
            additional_headers=self.account.headers,
            ssl=trusting_anybody(),
        ) as socket:
            async for frame in socket:
                assert isinstance(frame, bytes)
                for message in wire.split_frame(frame):
                    if isinstance(message, wire.Beat):
                        await socket.send(wire.beat_answer(message))
                        if gives_up and message.tick > 0:
                            await socket.send(wire.RESIGN_MESSAGE)
                    elif isinstance(message, wire.End):
                        return

    async def _current(self) -> str | None:
        answer = await self.ask("GET", "/matches/current")
        return answer.json().get("match_id") if answer.is_success else None

    async def _listen(self) -> None:
        while True:
            with suppress(*TROUBLE):
                async for _ in self._events():
                    self._is_called.set()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _events(self) -> AsyncIterator[str]:
        client = self.account.client
        async with client.stream(
            "GET", f"{ROOT}/events", headers=self.account.headers, timeout=httpx.Timeout(5, read=60)
        ) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("event:"):
                    yield line


def trusting_anybody() -> ssl.SSLContext:
    """Return a TLS context that accepts the gateway's self-signed certificate."""
    trust = ssl.create_default_context()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    return trust
