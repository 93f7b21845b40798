"""The service as people see it who look for a match: real PostgreSQL, and a clock set by hand."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Self
from uuid import UUID

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar
from pydantic import SecretStr
from sqlalchemy import select, text

from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.clients import client_of
from tests.fixtures.patience import PATIENCE_SECONDS
from tournament.app import create_app
from tournament.live.creation import Contender, create_match
from tournament.live.models import Match, Seat
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.models import QueueEntry
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.upkeep import MatchmakingUpkeep
from tournament.players.models import Tie
from tournament.settings import TournamentSettings
from transcendence_common.clock import Clock

NOBODY_LISTENS = "http://127.0.0.1:9"


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, *, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Lobby:
    """The running service."""

    client: httpx.AsyncClient
    db: SQLAlchemyAsyncConfig
    clock: HandClock
    key: SigningKey
    pages: OpenPages = field(default_factory=OpenPages)

    @cached_property
    def matchmaker(self) -> Matchmaker:
        """Return what pairs every second, here by hand."""
        return Matchmaker(self.db, self.clock)

    @cached_property
    def upkeep(self) -> MatchmakingUpkeep:
        """Return what keeps up every five seconds, here by hand."""
        return MatchmakingUpkeep(self.db, self.pages, self.clock)

    def guest(self, name: str, *, verified: bool = True) -> "Guest":
        return Guest(self, Person(name, self.key, roles=("player",) if verified else ()))

    def guests(self, *names: str) -> list["Guest"]:
        return [self.guest(name) for name in names]

    async def befriend(self, one: "Guest", other: "Guest") -> None:
        await self._tie(one, other, friends=True)

    async def block(self, blocker: "Guest", blocked: "Guest") -> None:
        await self._tie(blocker, blocked, blocker=blocker)

    async def _tie(
        self,
        one: "Guest",
        other: "Guest",
        *,
        friends: bool = False,
        blocker: "Guest | None" = None,
    ) -> None:
        low, high = sorted((one, other), key=lambda each: each.id)
        tie = Tie(
            low_id=low.id,
            high_id=high.id,
            low_name=low.name,
            high_name=high.name,
            friends=friends,
            low_blocks=low is blocker,
            high_blocks=high is blocker,
            version=1,
        )
        async with self.db.get_session() as session, session.begin():
            await session.merge(tie)

    async def seat(self, one: "Guest", other: "Guest") -> UUID:
        """Have two people play each other."""
        async with self.db.get_session() as session, session.begin():
            return await create_match(
                session,
                (Contender(one.id, one.name), Contender(other.id, other.name)),
                origin="link",
                points=5,
                rated=False,
                now=self.clock(),
            )

    async def matches(self) -> list[Match]:
        async with self.db.get_session() as session:
            return list(await session.scalars(select(Match).order_by(Match.id)))

    async def pairs(self) -> set[frozenset[UUID]]:
        return {frozenset((each.left_id, each.right_id)) for each in await self.matches()}

    async def seated(self) -> list[UUID]:
        async with self.db.get_session() as session:
            return list(await session.scalars(select(Seat.player_id)))

    async def queued(self) -> set[UUID]:
        async with self.db.get_session() as session:
            return set(await session.scalars(select(QueueEntry.player_id)))

    async def execute(self, statement: str, **parameters: object) -> None:
        """Reach into the database behind the service's back."""
        async with self.db.get_session() as session, session.begin():
            await session.execute(text(statement), parameters)


@dataclass(frozen=True)
class Guest:
    """Somebody who looks for a match."""

    lobby: Lobby
    person: Person

    @property
    def id(self) -> UUID:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    async def join(self, points: int = 5, *, rated: bool = True) -> httpx.Response:
        return await self.ask("PUT", "/queue", {"points": points, "rated": rated})

    async def look(self) -> httpx.Response:
        return await self.ask("GET", "/queue")

    async def leave(self) -> httpx.Response:
        return await self.ask("DELETE", "/queue")

    async def invite(
        self, to: "Guest | None", points: int = 5, *, rated: bool = True
    ) -> httpx.Response:
        wish = {"to": str(to.id) if to else None, "points": points, "rated": rated}
        return await self.ask("POST", "/invitations", wish)

    async def invited(self, to: "Guest | None") -> str:
        """Invite, and return the invitation's id."""
        answer = await self.invite(to)
        assert answer.status_code == 201, answer.text
        invitation_id: str = answer.json()["id"]
        return invitation_id

    async def invitations(self) -> dict[str, list[str]]:
        """The ids in each of somebody's lists; empty lists are left out."""
        answer = await self.ask("GET", "/invitations")
        assert answer.status_code == 200
        lists: dict[str, list[dict[str, Any]]] = answer.json()
        assert set(lists) == {"incoming", "outgoing"}
        return {name: [each["id"] for each in found] for name, found in lists.items() if found}

    async def show(self, invitation_id: str) -> httpx.Response:
        return await self.ask("GET", f"/invitations/{invitation_id}")

    async def accept(self, invitation_id: str) -> httpx.Response:
        return await self.ask("POST", f"/invitations/{invitation_id}/acceptance")

    async def end(self, invitation_id: str) -> httpx.Response:
        return await self.ask("DELETE", f"/invitations/{invitation_id}")

    async def match(self) -> str | None:
        """The match in which they sit."""
        answer = await self.ask("GET", "/matches/current")
        if answer.status_code == 404:
            assert answer.json()["code"] == "not_playing"
            return None
        match_id: str = answer.json()["match_id"]
        return match_id

    async def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        content: dict[str, Any] = {} if body is None else {"json": body}
        return await self.lobby.client.request(
            method, f"/api/tournament{path}", headers=self.person.headers, **content
        )

    def signed_out(self) -> Self:
        return type(self)(self.lobby, _NoToken(self.name, self.person.key))


class _NoToken(Person):
    @property
    def headers(self) -> dict[str, str]:
        return {}


def app_of(
    db: SQLAlchemyAsyncConfig,
    key: SigningKey,
    clock: Clock,
    *,
    database_url: str = "postgresql://not.used/tournament",
    auth_url: str = NOBODY_LISTENS,
    history_url: str = NOBODY_LISTENS,
) -> Litestar:
    settings = TournamentSettings(
        environment="test",
        tournament_database_url=SecretStr(database_url),
        tournament_service_secret=SecretStr("only-for-tests-9876543210abcdefghij"),
        auth_url=auth_url,
        history_url=history_url,
    )
    return create_app(settings, db=db, keys=key, clock=clock, repeats=False)


@asynccontextmanager
async def lobby_of(
    db: SQLAlchemyAsyncConfig, key: SigningKey, *, history_url: str = NOBODY_LISTENS
) -> AsyncGenerator[Lobby, None]:
    clock = HandClock()
    async with client_of(app_of(db, key, clock, history_url=history_url)) as client:
        yield Lobby(client, db, clock, key)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - nothing tells that a line has arrived
            await asyncio.sleep(0.02)


async def until_somebody_waits(db: SQLAlchemyAsyncConfig) -> None:
    """For what another transaction holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    async def somebody_waits() -> bool:
        # A transaction sees one picture of who is active.
        async with db.get_session() as session:
            return bool(await session.scalar(waiting))

    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await somebody_waits():  # noqa: ASYNC110 - it is the database that knows
            await asyncio.sleep(0.01)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]
