"""Client of history: match records, statistics and ratings."""

from typing import Final
from uuid import UUID

import msgspec

from contracts.history.matches import MatchRecord, Outcome
from contracts.history.modes import PlayersMode
from contracts.history.players import Opponents, PlayerStats
from contracts.history.ratings import CurrentStanding, LeaderboardLine, RatingChangeDetails
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
        player_id: UUID | None = None,
        mode: PlayersMode | None = None,
        outcome: Outcome | None = None,
        cursor: str | None = None,
    ) -> Page[MatchRecord]:
        """Return matches of a player, by default of the signed-in one."""
        asked = {
            "limit": str(limit),
            "player": str(player_id) if player_id else None,
            "mode": mode,
            "outcome": outcome,
            "cursor": cursor,
        }
        query = {name: value for name, value in asked.items() if value}
        return await self.get("/api/history/matches", Page[MatchRecord], token=token, query=query)

    async def player_stats(self, player_id: UUID, token: str | None) -> PlayerStats:
        return await self.get(f"/api/history/players/{player_id}/stats", PlayerStats, token=token)

    async def rating(self, player_id: UUID, token: str | None) -> CurrentStanding:
        return await self.get(
            f"/api/history/players/{player_id}/rating", CurrentStanding, token=token
        )

    async def rating_changes(
        self, player_id: UUID, token: str | None, *, limit: int
    ) -> Page[RatingChangeDetails]:
        """Return the latest rating changes, newest first."""
        path = f"/api/history/players/{player_id}/rating/changes"
        return await self.get(
            path, Page[RatingChangeDetails], token=token, query={"limit": str(limit)}
        )

    async def opponents(self, player_id: UUID, token: str | None) -> Opponents:
        """Return the ten most frequent opponents."""
        path = f"/api/history/players/{player_id}/opponents"
        return await self.get(path, Opponents, token=token)

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
