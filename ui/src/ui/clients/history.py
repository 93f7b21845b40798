"""Match records, as history serves them."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from ui.clients.backend import Backend

Mode = Literal["ai", "local", "online"]
MODES: Final[tuple[Mode, ...]] = ("online", "ai", "local")
"""In the order in which pages name them."""
Outcome = Literal["won", "lost"]
Side = Literal["left", "right"]


class Player(msgspec.Struct, frozen=True):
    """One side of a match. A guest is a name typed at the keyboard; only a player has an id."""

    name: str
    kind: Literal["player", "ai", "guest"]
    score: int
    player_id: UUID | None = None
    late: int | None = None
    """Keys that came too late for their step; like the round trip, only of matches between two machines."""
    rtt_ms: int | None = None
    rating_before: float | None = None
    rating_after: float | None = None

    @property
    def rating_change(self) -> int | None:
        """What the match did to the rating, as the two whole numbers differ that are shown."""
        if self.rating_before is None or self.rating_after is None:
            return None
        return round(self.rating_after) - round(self.rating_before)


class Match(msgspec.Struct, frozen=True):
    """A verified record; `outcome` is there in a player's own list, from that player's side."""

    id: UUID
    mode: Mode | Literal["hotseat"]
    """The last is in nobody's list: its bracket leads to it."""
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
    rated: bool = False
    forfeited_by: Side | None = None
    delay: int | None = None

    @property
    def own(self) -> Player:
        """The side of whose list it is in; the left one where it is in nobody's."""
        return self.left if self._seen_from_left() else self.right

    @property
    def opponent(self) -> Player:
        return self.right if self._seen_from_left() else self.left

    def _seen_from_left(self) -> bool:
        return self.outcome is None or (self.outcome == "won") == (self.winner == "left")


class MatchList(msgspec.Struct, frozen=True):
    items: list[Match]
    next_cursor: str | None = None


class Totals(msgspec.Struct, frozen=True):
    """What a set of matches adds up to."""

    played: int = 0
    won: int = 0
    lost: int = 0
    longest_rally: int = 0


class ModeTotals(Totals, frozen=True):
    """The same of one mode, and how many matches in a row were won: up to now, and at best."""

    win_streak: int = 0
    best_win_streak: int = 0


class PlayerStats(msgspec.Struct, frozen=True):
    """All matches of a player that the reader may see."""

    total: Totals
    by_mode: dict[str, ModeTotals] = msgspec.field(default_factory=dict)


class Rating(msgspec.Struct, frozen=True):
    """How strong somebody is among people, and how sure that is: two deviations either way in nineteen of twenty."""

    rating: float
    deviation: float
    provisional: bool = False
    rated_matches: int = 0
    rank: int | None = None


class RatingChange(msgspec.Struct, frozen=True):
    """The rating after a match."""

    match_id: UUID
    at: datetime
    rating: float = msgspec.field(name="rating_after")
    deviation: float = msgspec.field(name="deviation_after")


class RatingChanges(msgspec.Struct, frozen=True):
    items: list[RatingChange]
    next_cursor: str | None = None


class RankedPlayer(msgspec.Struct, frozen=True):
    player_id: UUID
    name: str
    rating: float
    deviation: float
    rated_matches: int
    provisional: bool = False
    rank: int | None = None


class Leaderboard(msgspec.Struct, frozen=True):
    items: list[RankedPlayer]
    next_cursor: str | None = None


class Opponent(msgspec.Struct, frozen=True):
    """Somebody whom a player has met, and how often with which end."""

    player_id: UUID
    name: str
    played: int
    won: int
    last_played_at: datetime


class Opponents(msgspec.Struct, frozen=True):
    items: list[Opponent]


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

    async def rating(self, player_id: UUID, token: str | None) -> Rating:
        return await self.get(f"/api/history/players/{player_id}/rating", Rating, token=token)

    async def rating_changes(
        self, player_id: UUID, token: str | None, *, limit: int
    ) -> RatingChanges:
        """The latest, newest first."""
        path = f"/api/history/players/{player_id}/rating/changes"
        return await self.get(path, RatingChanges, token=token, query={"limit": str(limit)})

    async def opponents(self, player_id: UUID, token: str | None) -> Opponents:
        """The ten that they have met most often."""
        path = f"/api/history/players/{player_id}/opponents"
        return await self.get(path, Opponents, token=token)

    async def leaderboard(
        self, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Leaderboard:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        return await self.get("/api/history/leaderboard", Leaderboard, token=token, query=query)

    async def match(self, match_id: UUID, token: str | None) -> Match:
        return await self.get(f"/api/history/matches/{match_id}", Match, token=token)

    async def replay(self, match_id: UUID, token: str | None) -> msgspec.Raw:
        return await self.get(f"/api/history/matches/{match_id}/replay", msgspec.Raw, token=token)

    async def open_ticket(self, wanted: TicketRequest, token: str) -> Ticket:
        return await self.post("/api/history/tickets", wanted, Ticket, token=token)

    async def finish_match(self, finished: FinishedMatch, token: str) -> Match:
        return await self.post("/api/history/matches", finished, Match, token=token)
