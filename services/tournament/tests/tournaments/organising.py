"""The service for organisers and entrants of tournaments: real PostgreSQL,
and a clock set by the test."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar
from sqlalchemy import select, text

from contracts.tournament.tournaments import EntryState
from services.tournament.tests.service_under_test import UNUSED_URL, app_of
from tests.fixtures.cast import Anonymous, Person, SigningKey
from tests.fixtures.clients import client_of
from tests.fixtures.clock import HandClock
from tests.fixtures.services import exported, tell_erased
from tournament.app import SERVICE_NAME
from tournament.tournaments.models import ENTERED, AuditEntry, Entry, Tournament
from transcendence_common.ids import new_id

Wish = dict[str, Any]
Answer = httpx.Response

CUP: Wish = {"name": "Sunday cup", "format": "single_elimination", "size": 8, "points": 5}
HOTSEAT: Wish = {
    "kind": "hotseat",
    "name": "At home",
    "format": "single_elimination",
    "size": 4,
    "points": 5,
    "aliases": ["Ann", "Ben", "Cleo", "Dan"],
}


@dataclass(frozen=True)
class Hall:
    """The running service."""

    client: httpx.AsyncClient
    db: SQLAlchemyAsyncConfig
    clock: HandClock
    key: SigningKey
    app: Litestar

    def player(self, name: str, *roles: str) -> "Attendee":
        """Return a player with a verified address and further roles."""
        return Attendee(self, Person(name, self.key, roles=("player", *roles)))

    def players(self, *names: str) -> list["Attendee"]:
        return [self.player(name) for name in names]

    def unverified(self, name: str) -> "Attendee":
        return Attendee(self, Person(name, self.key))

    def anonymous(self) -> "Attendee":
        """Return a visitor who is not signed in."""
        return Attendee(self, Anonymous("Nobody", self.key))

    def in_minutes(self, minutes: float) -> str:
        """Return a time in some minutes, in the form of a request."""
        return (self.clock() + timedelta(minutes=minutes)).isoformat()

    async def tournament(self, tournament_id: str) -> Tournament:
        async with self.db.get_session() as session:
            return await session.get_one(Tournament, UUID(tournament_id))

    async def entries(self, tournament_id: str) -> Sequence[Entry]:
        """Return the entries in the order of entering."""
        async with self.db.get_session() as session:
            found = await session.scalars(
                select(Entry)
                .where(Entry.tournament_id == UUID(tournament_id))
                .order_by(Entry.entered_at, Entry.id)
            )
            return found.all()

    async def notes(self, tournament_id: str) -> Sequence[AuditEntry]:
        """Return the audit log, oldest first."""
        async with self.db.get_session() as session:
            found = await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.tournament_id == UUID(tournament_id))
                .order_by(AuditEntry.id)
            )
            return found.all()

    async def put_in(
        self,
        tournament_id: str,
        *people: "Attendee",
        state: EntryState = ENTERED,
        ratings: Sequence[float] = (),
        checked_in: bool = False,
    ) -> None:
        """Add entries directly, without the rules of entering."""
        now = self.clock()
        async with self.db.get_session() as session, session.begin():
            for number, each in enumerate(people):
                session.add(
                    Entry(
                        id=new_id(),
                        tournament_id=UUID(tournament_id),
                        player_id=each.id,
                        name=each.name,
                        rating=ratings[number] if ratings else 1500,
                        deviation=50,
                        state=state,
                        entered_at=now + timedelta(microseconds=number),
                        checked_in_at=now if checked_in else None,
                    )
                )

    async def erase(self, who: "Attendee") -> None:
        """Send the event of a player's erasure, as auth does."""
        answer = await tell_erased(self.client, who.person, SERVICE_NAME)
        assert answer.status_code == 204, answer.text

    async def exported(self, who: "Attendee") -> dict[str, Any]:
        return await exported(self.client, who.person, SERVICE_NAME)

    async def execute(self, statement: str, **parameters: object) -> None:
        """Change the database directly."""
        async with self.db.get_session() as session, session.begin():
            await session.execute(text(statement), parameters)


@dataclass(frozen=True)
class Attendee:
    """A person who organises, enters or views tournaments."""

    hall: Hall
    person: Person

    @property
    def id(self) -> UUID:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    async def create(
        self, wish: Wish = CUP, /, *, key: str | None = None, **changes: object
    ) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.ask("POST", "", {**wish, **changes}, headers=headers)

    async def created(self, wish: Wish = CUP, /, **changes: object) -> str:
        """Create a tournament, and return its ID."""
        answer = await self.create({**wish, **changes})
        assert answer.status_code == 201, answer.text
        tournament_id: str = answer.json()["id"]
        return tournament_id

    async def opened(self, wish: Wish = CUP, /, **changes: object) -> str:
        """Create and open a tournament; return its ID."""
        tournament_id = await self.created(wish, **changes)
        answer = await self.open(tournament_id)
        assert answer.status_code == 200, answer.text
        return tournament_id

    async def started(self, *people: "Attendee", wish: Wish = CUP, **changes: object) -> str:
        """Start a tournament with these players; return its ID."""
        tournament_id = await self.opened(wish, **changes)
        await self.hall.put_in(tournament_id, *people)
        answer = await self.start(tournament_id)
        assert answer.status_code == 200, answer.text
        return tournament_id

    async def at_home(self, *aliases: str, **changes: object) -> str:
        """Start a hotseat tournament; return its ID."""
        names = list(aliases) or HOTSEAT["aliases"]
        tournament_id = await self.created(HOTSEAT, aliases=names, size=len(names), **changes)
        answer = await self.start(tournament_id)
        assert answer.status_code == 200, answer.text
        return tournament_id

    async def page(self, show: str = "open", **query: object) -> Answer:
        return await self.ask("GET", "", params={"show": show, **query})

    async def listed(self, show: str = "open", **query: object) -> list[str]:
        """Return the IDs on a page."""
        answer = await self.page(show, **query)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    async def show(self, tournament_id: str, **query: object) -> Answer:
        return await self.ask("GET", f"/{tournament_id}", params=query)

    async def seen(self, tournament_id: str, **query: object) -> dict[str, Any]:
        """Return the tournament as this person sees it."""
        answer = await self.show(tournament_id, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def change(self, tournament_id: str, **changes: object) -> Answer:
        return await self.ask("PATCH", f"/{tournament_id}", changes)

    async def open(self, tournament_id: str) -> Answer:
        return await self.ask("POST", f"/{tournament_id}/opening")

    async def start(self, tournament_id: str) -> Answer:
        return await self.ask("POST", f"/{tournament_id}/start")

    async def cancel(self, tournament_id: str, reason: str = "It rains.") -> Answer:
        return await self.ask("POST", f"/{tournament_id}/cancellation", {"reason": reason})

    async def seed(self, tournament_id: str, method: str, order: object = None) -> Answer:
        wish = {"method": method} if order is None else {"method": method, "order": order}
        return await self.ask("PUT", f"/{tournament_id}/seeding", wish)

    async def enter(self, tournament_id: str, invitation: str | None = None) -> Answer:
        return await self.ask("POST", f"/{tournament_id}/entries", {"invitation": invitation})

    async def leave(self, tournament_id: str) -> Answer:
        return await self.ask("DELETE", f"/{tournament_id}/entries/own")

    async def check_in(self, tournament_id: str) -> Answer:
        return await self.ask("POST", f"/{tournament_id}/check-in")

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        params: dict[str, Any] | None = None,
    ) -> Answer:
        """Send a request to an address below `/tournaments`."""
        content: dict[str, Any] = {} if body is None else {"json": body}
        return await self.hall.client.request(
            method,
            f"/api/tournament/tournaments{path}",
            headers={**self.person.headers, **(headers or {})},
            params=params,
            **content,
        )

    def renamed(self, name: str) -> "Attendee":
        """Return the same account with another name."""
        return Attendee(self.hall, replace(self.person, name=name))


@asynccontextmanager
async def hall_of(
    db: SQLAlchemyAsyncConfig,
    key: SigningKey,
    *,
    auth_url: str = UNUSED_URL,
    history_url: str = UNUSED_URL,
) -> AsyncGenerator[Hall, None]:
    clock = HandClock()
    app = app_of(db, key, clock, auth_url=auth_url, history_url=history_url)
    async with client_of(app) as client:
        yield Hall(client, db, clock, key, app)
