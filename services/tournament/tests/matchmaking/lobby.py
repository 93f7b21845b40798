"""The service for players who look for a match: real PostgreSQL, and a clock set by the test."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import select, text

from services.tournament.tests.service_under_test import UNUSED_URL, app_of
from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.clients import client_of
from tests.fixtures.clock import HandClock
from tests.fixtures.services import tell_erased
from tournament.app import SERVICE_NAME
from tournament.live.creation import Contender, create_match
from tournament.live.models import Match, Seat
from tournament.matchmaking.maintenance import MatchmakingMaintenance
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.models import QueueEntry
from tournament.matchmaking.open_pages import OpenPages
from tournament.players.models import Relationship
from transcendence_common.database import session_at


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
        """Return the work that pairs players every second, for a test to run."""
        return Matchmaker(self.db, self.clock)

    @cached_property
    def maintenance(self) -> MatchmakingMaintenance:
        """Return the maintenance that runs every five seconds, for a test to run."""
        return MatchmakingMaintenance(self.db, self.pages, self.clock)

    def guest(self, name: str, *, verified: bool = True) -> "Guest":
        return Guest(self, Person(name, self.key, roles=("player",) if verified else ()))

    def guests(self, *names: str) -> list["Guest"]:
        return [self.guest(name) for name in names]

    async def erase(self, guest: "Guest") -> None:
        """Send the event of a player's erasure, as auth does."""
        answer = await tell_erased(self.client, guest.person, SERVICE_NAME)
        assert answer.status_code == 204, answer.text

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
        tie = Relationship(
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
        """Start a match of two players."""
        async with session_at(self.db, self.clock()) as session:
            return await create_match(
                session,
                (Contender(one.id, one.name), Contender(other.id, other.name)),
                origin="link",
                points=5,
                rated=False,
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
        """Change the database directly."""
        async with self.db.get_session() as session, session.begin():
            await session.execute(text(statement), parameters)


@dataclass(frozen=True)
class Guest:
    """A player who looks for a match."""

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
        """Create an invitation, and return its ID."""
        answer = await self.invite(to)
        assert answer.status_code == 201, answer.text
        invitation_id: str = answer.json()["id"]
        return invitation_id

    async def invitations(self) -> dict[str, list[str]]:
        """Return the IDs in each of a player's lists, without empty lists."""
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
        """Return the current match of the player."""
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


@asynccontextmanager
async def lobby_of(
    db: SQLAlchemyAsyncConfig, key: SigningKey, *, history_url: str = UNUSED_URL
) -> AsyncGenerator[Lobby, None]:
    clock = HandClock()
    async with client_of(app_of(db, key, clock, history_url=history_url)) as client:
        yield Lobby(client, db, clock, key)
