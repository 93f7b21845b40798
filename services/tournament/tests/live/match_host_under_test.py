"""Matches, and clients on real sockets that record what they hear."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from demo import wire
from demo.wire import Message
from pong.court import LEFT, RIGHT
from tests.fixtures.cast import Person
from tests.fixtures.patience import PATIENCE_SECONDS
from tournament.live.creation import Contender, create_match
from transcendence_common.database import session_at

COME_AGAIN_SECONDS = 0.1

FoundT = TypeVar("FoundT")
KindT = TypeVar("KindT", bound=Message)


async def new_match(
    db: SQLAlchemyAsyncConfig, one: Person, other: Person, *, points: int = 21, rated: bool = False
) -> UUID:
    """Create a match of two players, as matchmaking does."""
    async with session_at(db, datetime.now(UTC)) as session:
        return await create_match(
            session,
            (Contender(one.id, one.name), Contender(other.id, other.name)),
            origin="queue",
            points=points,
            rated=rated,
        )


async def ask(db: SQLAlchemyAsyncConfig, query: str, **values: object) -> list[tuple[object, ...]]:
    """Execute a statement, commit, and return the rows of a query or an empty list."""
    async with db.get_session() as session, session.begin():
        found = await session.execute(text(query), values)
        return [tuple(row) for row in found] if found.returns_rows else []  # type: ignore[attr-defined]


async def match_row(db: SQLAlchemyAsyncConfig, match_id: UUID, *columns: str) -> tuple[object, ...]:
    query = f"SELECT {', '.join(columns)} FROM matches WHERE id = :id"  # noqa: S608 - names of columns
    [row] = await ask(db, query, id=match_id)
    return row


async def results_in_outbox(db: SQLAlchemyAsyncConfig) -> list[bytes]:
    rows = await ask(db, "SELECT payload FROM pgqueuer WHERE entrypoint = 'match-finished'")
    return [bytes(payload) for (payload,) in rows if isinstance(payload, bytes)]


@dataclass
class Client:
    """A client with a socket, which answers beats with the server's
    digest unless told otherwise."""

    socket: ClientConnection
    heard: list[Message] = field(default_factory=list)
    answers: bool = True
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    closed: int | None = None

    async def listen(self) -> None:
        try:
            async for frame in self.socket:
                assert isinstance(frame, bytes)
                await self._take(wire.split_frame(frame))
        except ConnectionClosed:
            pass
        async with self.changed:
            self.closed = self.socket.close_code
            self.changed.notify_all()

    async def _take(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, wire.Beat) and self.answers:
                await self.socket.send(wire.beat_answer(message))
        async with self.changed:
            self.heard += messages
            self.changed.notify_all()

    @property
    def side(self) -> int:
        return self.all(wire.Welcome)[0].side

    @property
    def clock(self) -> int:
        """Return a tick that is not yet confirmed and near the present."""
        return self.all(wire.Beat)[-1].tick + 60

    async def press(self, tick: int, keys: int) -> None:
        await self.socket.send(wire.keys_message(tick, keys))

    def forget(self) -> None:
        """Ignore everything received so far."""
        self.heard = [*self.all(wire.Welcome)]

    async def hears(self, kind: type[KindT]) -> KindT:
        """Wait for a message of a kind, and return the last one."""
        return await self.until(lambda: next(iter(self.all(kind)[::-1]), None))

    async def has_been_in(self, phase: int) -> wire.Phase:
        """Wait for a PHASE with this state, and return the first one."""
        return await self.until(
            lambda: next((each for each in self.all(wire.Phase) if each.phase == phase), None)
        )

    async def beat_after(self, tick: int) -> wire.Beat:
        """Wait for a beat that confirms everything before a tick, and return the first one."""
        return await self.until(
            lambda: next((each for each in self.all(wire.Beat) if each.tick >= tick), None)
        )

    async def is_closed(self) -> int:
        return await self.until(lambda: self.closed)

    async def until(self, found: Callable[[], FoundT | None]) -> FoundT:
        """Wait until a condition finds something in the received messages."""
        async with asyncio.timeout(PATIENCE_SECONDS), self.changed:
            while (value := found()) is None:
                await self.changed.wait()
            return value

    def all(self, kind: type[KindT]) -> list[KindT]:
        return [each for each in self.heard if isinstance(each, kind)]


@asynccontextmanager
async def client_at(
    url: str, match_id: UUID, person: Person | None, way: str = "play"
) -> AsyncGenerator[Client, None]:
    """Open a match's socket, and retry while no replica runs the match, as clients do."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        socket = await _opened(url, match_id, person, way)
    client = Client(socket)
    listening = asyncio.create_task(client.listen())
    try:
        yield client
    finally:
        await socket.close()
        await listening


@asynccontextmanager
async def playing(
    url: str, match_id: UUID, one: Person, other: Person
) -> AsyncGenerator[tuple[Client, Client], None]:
    """Connect two players; yield them once they play, the left one first."""
    async with client_at(url, match_id, one) as first, client_at(url, match_id, other) as second:
        for client in (first, second):
            await client.has_been_in(wire.PLAYING)
            await client.hears(wire.Beat)
        left, right = sorted((first, second), key=lambda client: client.side)
        assert (left.side, right.side) == (LEFT, RIGHT)
        yield left, right


async def refusal(
    url: str, match_id: UUID, person: Person | None, way: str = "play"
) -> tuple[int, str]:
    """Return the status and the code with which a socket is refused."""
    refused = await refused_handshake(url, match_id, person, way)
    assert refused.response.headers["Content-Type"] == "application/problem+json"
    return refused.response.status_code, _code(refused)


async def refused_handshake(
    url: str, match_id: UUID, person: Person | None, way: str = "play"
) -> InvalidStatus:
    try:
        socket = await _connected(url, match_id, person, way)
    except InvalidStatus as refused:
        return refused
    await socket.close()
    raise AssertionError("it was not refused")


async def _opened(url: str, match_id: UUID, person: Person | None, way: str) -> ClientConnection:
    while True:
        try:
            return await _connected(url, match_id, person, way)
        except InvalidStatus as refused:
            if refused.response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
        await asyncio.sleep(COME_AGAIN_SECONDS)


async def _connected(url: str, match_id: UUID, person: Person | None, way: str) -> ClientConnection:
    address = f"{url.replace('http', 'ws', 1)}/api/tournament/matches/{match_id}/{way}"
    headers = person.headers if person else {}
    return await connect(address, additional_headers=headers, compression=None)


def _code(refused: InvalidStatus) -> str:
    code: str = msgspec.json.decode(refused.response.body or b"{}")["code"]
    return code


@dataclass(frozen=True)
class MatchOfTwo:
    """A match of Alice and Bob before either has connected."""

    url: str
    id: UUID
    db: SQLAlchemyAsyncConfig
    alice: Person
    bob: Person

    def client(
        self, person: Person | None, way: str = "play"
    ) -> AbstractAsyncContextManager[Client]:
        return client_at(self.url, self.id, person, way)

    def playing(self) -> AbstractAsyncContextManager[tuple[Client, Client]]:
        return playing(self.url, self.id, self.alice, self.bob)

    async def refusal(self, person: Person | None, way: str = "play") -> tuple[int, str]:
        return await refusal(self.url, self.id, person, way)

    async def row(self, *columns: str) -> tuple[object, ...]:
        return await match_row(self.db, self.id, *columns)

    async def on_the_left(self) -> Person:
        """Return the player on the left; sides are drawn at random."""
        return self.alice if await self.row("left_id") == (self.alice.id,) else self.bob
