"""Stands in for history, and for auth's tokens: issues tickets for hotseat matches, and has records
of those that a test submits."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Litestar, Request, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Response

from contracts.history.matches import MatchRecord, MatchSide
from pong.court import RULES_VERSION
from transcendence_common.clock import Clock, utc_now
from transcendence_common.ids import new_id

TICKET_LIFETIME = timedelta(hours=24)
WISH = {"host_id", "points", "left_name", "right_name"}
SEED = 4_000_000_000

Json = dict[str, Any]
PlainRequest = Request[None, None, State]


@dataclass
class RecordOffice:
    """History as tournament sees it."""

    wishes: list[Json] = field(default_factory=list)
    """The requests for tickets, in their order."""
    given: list[UUID] = field(default_factory=list)
    """The matches for which tickets were issued."""
    records: dict[str, MatchRecord] = field(default_factory=dict)
    status: int | None = None
    """An answer to every request, as from a broken service."""
    answers: object = None
    """A replacement for the proper answer."""
    waits_for: int = 0
    """Number of requests that have to arrive before any of them is answered."""
    asking: int = 0
    rules: int = RULES_VERSION
    clock: Clock = utc_now
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    def reset(self) -> None:
        vars(self).update(vars(RecordOffice()))

    def hand_in(self, match_id: str, left: int, right: int) -> None:
        """Submit a match with this result."""
        record = MatchRecord(
            id=UUID(match_id),
            mode="hotseat",
            level=None,
            rules=self.rules,
            points=max(left, right),
            played_at=self.clock(),
            ticks=600,
            duration_ms=10_000,
            left=MatchSide(None, "?", "guest", left),
            right=MatchSide(None, "?", "guest", right),
            winner="left" if left > right else "right",
            longest_rally=3,
            verified=True,
            rated=False,
            forfeited_by=None,
            delay=None,
        )
        self.records[match_id] = record

    def app(self) -> Litestar:
        @post("/internal/service-tokens")
        async def issue() -> Response[object]:
            token = {"access_token": "a token", "token_type": "Bearer", "expires_in": 60}
            return Response(token, status_code=200)

        @post("/internal/tickets")
        async def give(request: PlainRequest) -> Response[object]:
            wish = await request.json()
            assert wish.keys() == WISH
            match_id = new_id()
            ticket = {
                "ticket": f"ticket {len(self.given)}",
                "match_id": str(match_id),
                "seed": SEED,
                "rules": self.rules,
                "expires_at": (self.clock() + TICKET_LIFETIME).isoformat(),
            }
            self.wishes.append(wish)
            self.given.append(match_id)
            return await self._answer(request, ticket, 201)

        @get("/internal/matches/{match_id:uuid}")
        async def find(request: PlainRequest, match_id: FromPath[UUID]) -> Response[object]:
            record = self.records.get(str(match_id))
            return await self._answer(request, record, 200 if record else 404)

        return Litestar([issue, give, find], openapi_config=None)

    async def _answer(self, request: PlainRequest, found: object, status: int) -> Response[object]:
        assert request.headers["Authorization"] == "Bearer a token"
        self.asking += 1
        if self.waits_for:
            if self.asking >= self.waits_for:
                self._enough.set()
            await self._enough.wait()
        if self.status is not None:
            return Response({"detail": "broken"}, status_code=self.status)
        if self.answers is not None:
            return Response(self.answers, status_code=status)
        return Response(found, status_code=status)
