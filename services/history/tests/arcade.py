"""Common steps of history's tests: take a ticket, play the match, submit it."""

from typing import Any, Literal
from uuid import UUID

import httpx
import msgspec

from history.tickets.signing import TicketClaims, TicketSigner
from pong import scripted
from pong.court import LEFT, RIGHT, TICKS_PER_SECOND
from pong.log import InputLog
from tests.fixtures.cast import Person
from tests.fixtures.clock import HandClock

TICKETS = "/api/history/tickets"
MATCHES = "/api/history/matches"
SECRET = "a secret of the tests, long enough"
Json = dict[str, Any]


def play_match(
    *,
    mode: str,
    level: str | None,
    seed: int,
    points: int,
    left: scripted.ScriptedPlayer | None = None,
) -> InputLog:
    """Play a real match: a person on the left, against the computer or another person."""
    right = scripted.HumanLikePlayer(RIGHT, seed + 1) if mode != "ai" else None
    left = left or scripted.HumanLikePlayer(LEFT, seed)
    return scripted.play_match(mode, level, seed, points, left, right=right)[1]


def wire(log: InputLog) -> Json:
    return {"ticks": log.ticks, "changes": [list(change) for change in log.changes]}


def without_last_tick(inputs: Json) -> Json:
    """Remove the last tick and its changes: a change after the end would be a different fault."""
    ticks = inputs["ticks"] - 1
    changes = [change for change in inputs["changes"] if change[0] < ticks]
    return {**inputs, "ticks": ticks, "changes": changes}


class Arcade:
    """The service with its clock and its issuer of tickets."""

    def __init__(self, client: httpx.AsyncClient, clock: HandClock) -> None:
        self.client = client
        self.clock = clock
        self.signer = TicketSigner(SECRET)

    async def ticket(
        self, person: Person, mode: Literal["ai", "local"] = "ai", **asked: object
    ) -> str:
        body = {"mode": mode, "points": 3, **({"level": "easy"} if mode == "ai" else {}), **asked}
        answer = await self.client.post(TICKETS, json=body, headers=person.headers)
        assert answer.status_code == 201, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket

    def claims(self, ticket: str) -> TicketClaims:
        return self.signer.verify(ticket)

    def changed(self, ticket: str, **changes: object) -> str:
        """Return the same ticket with changed claims and a genuine signature."""
        return self.signer.sign(msgspec.structs.replace(self.claims(ticket), **changes))

    def play(self, ticket: str, left: scripted.ScriptedPlayer | None = None) -> Json:
        """Play the ticket's match; the clock advances meanwhile."""
        claims = self.claims(ticket)
        log = play_match(
            mode=claims.mode, level=claims.level, seed=claims.seed, points=claims.points, left=left
        )
        self.clock.advance(seconds=log.ticks / TICKS_PER_SECOND)
        return wire(log)

    async def send(self, person: Person | None, ticket: str, inputs: object) -> httpx.Response:
        return await self.client.post(
            MATCHES,
            json={"ticket": ticket, "inputs": inputs},
            headers=person.headers if person else {},
        )

    async def stored(
        self, person: Person, mode: Literal["ai", "local"] = "ai", **asked: object
    ) -> Json:
        """Take a ticket, play and submit; return the record."""
        ticket = await self.ticket(person, mode, **asked)
        answer = await self.send(person, ticket, self.play(ticket))
        assert answer.status_code == 201, answer.text
        record: Json = answer.json()
        return record

    async def get(self, path: str, person: Person | None = None, **query: object) -> httpx.Response:
        return await self.client.get(
            path,
            params={name: str(value) for name, value in query.items()},
            headers=person.headers if person else {},
        )

    async def listed(self, person: Person, **query: object) -> list[Json]:
        answer = await self.get(MATCHES, person, **query)
        assert answer.status_code == 200, answer.text
        items: list[Json] = answer.json()["items"]
        return items

    async def is_stored(self, person: Person, match_id: UUID | str) -> bool:
        return (await self.get(f"{MATCHES}/{match_id}", person)).status_code == 200
