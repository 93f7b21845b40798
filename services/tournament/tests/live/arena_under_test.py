"""Matches, and clients on real sockets that keep what they hear."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import msgspec
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from services.tournament.tests.live import wire
from services.tournament.tests.live.wire import Message
from tests.fixtures.cast import Person
from tournament.live.creation import Contender, create_match

PATIENCE_SECONDS = 10

FoundT = TypeVar("FoundT")


async def new_match(
    db: SQLAlchemyAsyncConfig, one: Person, other: Person, *, points: int = 3, rated: bool = False
) -> UUID:
    """Seat two players, as matchmaking does."""
    async with db.get_session() as session, session.begin():
        return await create_match(
            session,
            (Contender(one.id, one.name), Contender(other.id, other.name)),
            origin="queue",
            points=points,
            rated=rated,
            now=datetime.now(UTC),
        )


@dataclass
class Client:
    """Somebody at a socket. Answers beats with whatever digest the server said, unless told otherwise."""

    socket: ClientConnection
    heard: list[Message] = field(default_factory=list)
    answers: bool = True
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    closed: int | None = None

    async def listen(self) -> None:
        try:
            async for frame in self.socket:
                assert isinstance(frame, bytes)
                await self._take(wire.split(frame))
        except ConnectionClosed:
            pass
        async with self.changed:
            self.closed = self.socket.close_code
            self.changed.notify_all()

    async def _take(self, messages: list[Message]) -> None:
        for kind, fields in messages:
            if kind == wire.BEAT and self.answers:
                await self.socket.send(wire.echo(*fields[:3]))
        async with self.changed:
            self.heard += messages
            self.changed.notify_all()

    async def hears(self, kind: int) -> tuple[int, ...]:
        """Return the fields of the last message of a kind, when there is one."""
        return await self.until(lambda: self.last(kind))

    async def has_been_in(self, phase: int) -> tuple[int, ...]:
        """Return the fields of the first PHASE that says so, when there is one."""
        return await self.until(
            lambda: next((each for each in self.all(wire.PHASE) if each[0] == phase), None)
        )

    async def beat_after(self, tick: int) -> tuple[int, ...]:
        """Return the fields of the first beat that confirms all before that tick."""
        return await self.until(
            lambda: next((each for each in self.all(wire.BEAT) if each[1] >= tick), None)
        )

    async def is_closed(self) -> int:
        return await self.until(lambda: self.closed)

    async def until(self, found: Callable[[], FoundT | None]) -> FoundT:
        """Wait until something is found among what was heard."""
        async with asyncio.timeout(PATIENCE_SECONDS), self.changed:
            while (value := found()) is None:
                await self.changed.wait()
            return value

    def last(self, kind: int) -> tuple[int, ...] | None:
        return next((each.fields for each in reversed(self.heard) if each.kind == kind), None)

    def all(self, kind: int) -> list[tuple[int, ...]]:
        return [each.fields for each in self.heard if each.kind == kind]


@asynccontextmanager
async def client_at(
    url: str, match_id: UUID, person: Person | None, way: str = "play"
) -> AsyncGenerator[Client, None]:
    """Open a match's socket; `InvalidStatus` where it is refused."""
    address = f"{url.replace('http', 'ws', 1)}/api/tournament/matches/{match_id}/{way}"
    headers = person.headers if person else {}
    async with connect(address, additional_headers=headers, compression=None) as socket:
        client = Client(socket)
        listening = asyncio.create_task(client.listen())
        try:
            yield client
        finally:
            await socket.close()
            await listening


async def refusal(
    url: str, match_id: UUID, person: Person | None, way: str = "play"
) -> tuple[int, str]:
    """Return the status and the code with which a socket is refused."""
    try:
        async with client_at(url, match_id, person, way):
            return 101, ""
    except InvalidStatus as refused:
        return refused.response.status_code, msgspec.json.decode(refused.response.body)["code"]
