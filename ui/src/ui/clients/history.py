"""Match records, as history serves them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from ui.clients.backend import Backend

Mode = Literal["ai", "local"]
Outcome = Literal["won", "lost"]
Side = Literal["left", "right"]


class Player(msgspec.Struct, frozen=True):
    """One side of a match. A guest is a name typed at the keyboard; only a player has an id."""

    name: str
    kind: Literal["player", "ai", "guest"]
    score: int
    player_id: UUID | None = None


class Match(msgspec.Struct, frozen=True):
    """A verified record; `outcome` is there in a player's own list, from that player's side."""

    id: UUID
    mode: Mode
    points: int
    played_at: datetime
    duration_ms: int
    left: Player
    right: Player
    winner: Side
    longest_rally: int
    rules: int
    ticks: int
    verified: bool
    level: str | None = None
    outcome: Outcome | None = None


class MatchList(msgspec.Struct, frozen=True):
    items: list[Match]
    next_cursor: str | None = None


class Totals(msgspec.Struct, frozen=True):
    """What a set of matches adds up to."""

    played: int = 0
    won: int = 0
    lost: int = 0
    longest_rally: int = 0


class PlayerStats(msgspec.Struct, frozen=True):
    """All matches of a player that the reader may see."""

    total: Totals


class TicketRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    mode: Mode
    points: int
    level: str | None = None
    opponent_name: str | None = None


class Ticket(msgspec.Struct, frozen=True):
    """Leave to play one match, signed by history."""

    ticket: str
    match_id: UUID
    seed: int
    rules: int


class FinishedMatch(msgspec.Struct, frozen=True):
    """A ticket and the keys pressed under it; the input log goes to history as it came."""

    ticket: str
    inputs: msgspec.Raw


class HistoryClient(Backend):
    async def matches(
        self,
        token: str,
        *,
        limit: int,
        player_id: UUID | None = None,
        mode: Mode | None = None,
        outcome: Outcome | None = None,
        cursor: str | None = None,
    ) -> MatchList:
        """Matches of a player, or one's own."""
        asked = {
            "limit": str(limit),
            "player": str(player_id) if player_id else None,
            "mode": mode,
            "outcome": outcome,
            "cursor": cursor,
        }
        query = {name: value for name, value in asked.items() if value}
        return await self.get("/api/history/matches", MatchList, token=token, query=query)

    async def stats(self, player_id: UUID, token: str | None) -> PlayerStats:
        return await self.get(f"/api/history/players/{player_id}/stats", PlayerStats, token=token)

    async def match(self, match_id: UUID, token: str | None) -> Match:
        return await self.get(f"/api/history/matches/{match_id}", Match, token=token)

    async def replay(self, match_id: UUID, token: str | None) -> msgspec.Raw:
        return await self.get(f"/api/history/matches/{match_id}/replay", msgspec.Raw, token=token)

    async def open_ticket(self, wanted: TicketRequest, token: str) -> Ticket:
        return await self.post("/api/history/tickets", wanted, Ticket, token=token)

    async def finish_match(self, finished: FinishedMatch, token: str) -> Match:
        return await self.post("/api/history/matches", finished, Match, token=token)
