"""Client of history: match records, statistics and ratings."""

from typing import Final
from uuid import UUID

import msgspec

from contracts.history.matches import MatchRecord, Outcome
from contracts.history.modes import PlayersMode
from contracts.history.overviews import PlayerOverview
from contracts.history.ratings import CurrentStanding, LeaderboardLine
from contracts.history.tickets import IssuedTicket, TicketRequest
from contracts.pages import Page
from ui.clients.backend import Backend

MODES_BY_NAME: Final[tuple[PlayersMode, ...]] = ("online", "ai", "local")
"""Modes in the order in which pages list them."""


class FinishedMatch(msgspec.Struct, frozen=True):
    """A ticket and the inputs of its match; the input log is passed to history unchanged."""

    ticket: str
    inputs: msgspec.Raw


class HistoryClient(Backend):
    async def matches(
        self,
        token: str,
        *,
        limit: int,
        mode: PlayersMode | None = None,
        outcome: Outcome | None = None,
        cursor: str | None = None,
    ) -> Page[MatchRecord]:
        """Return matches of the signed-in player."""
        asked = {
            "limit": str(limit),
            "mode": mode,
            "outcome": outcome,
            "cursor": cursor,
        }
        query = {name: value for name, value in asked.items() if value}
        return await self.get("/api/history/matches", Page[MatchRecord], token=token, query=query)

    async def player_overview(self, player_id: UUID, token: str | None) -> PlayerOverview:
        path = f"/api/history/players/{player_id}/overview"
        return await self.get(path, PlayerOverview, token=token)

    async def rating(self, player_id: UUID, token: str | None) -> CurrentStanding:
        return await self.get(
            f"/api/history/players/{player_id}/rating", CurrentStanding, token=token
        )

    async def leaderboard(
        self, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[LeaderboardLine]:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        return await self.get(
            "/api/history/leaderboard", Page[LeaderboardLine], token=token, query=query
        )

    async def match(self, match_id: UUID, token: str | None) -> MatchRecord:
        return await self.get(f"/api/history/matches/{match_id}", MatchRecord, token=token)

    async def replay(self, match_id: UUID, token: str | None) -> msgspec.Raw:
        return await self.get(f"/api/history/matches/{match_id}/replay", msgspec.Raw, token=token)

    async def issue_ticket(self, wanted: TicketRequest, token: str) -> IssuedTicket:
        return await self.post("/api/history/tickets", wanted, IssuedTicket, token=token)

    async def finish_match(self, finished: FinishedMatch, token: str) -> MatchRecord:
        return await self.post("/api/history/matches", finished, MatchRecord, token=token)
