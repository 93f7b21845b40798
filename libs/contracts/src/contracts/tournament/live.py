"""Live matches on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from contracts.game import SideName

MatchOrigin = Literal["queue", "challenge", "link", "tournament"]
LiveMatchState = Literal["waiting", "running", "finished", "void"]


class PlayerName(msgspec.Struct, frozen=True):
    """A player of a match, or one who is invited."""

    id: UUID
    name: str


class MatchReference(msgspec.Struct, frozen=True):
    """The match that the caller plays in."""

    match_id: UUID


class LiveMatchSummary(msgspec.Struct, frozen=True):
    """A running match in a list."""

    id: UUID
    left: PlayerName
    right: PlayerName
    points: int
    rated: bool
    left_score: int
    right_score: int
    started_at: datetime | None


class MatchStatus(msgspec.Struct, frozen=True):
    """A live match; once it is finished, history has its record."""

    id: UUID
    state: LiveMatchState
    origin: MatchOrigin
    tournament_id: UUID | None
    points: int
    rated: bool
    left: PlayerName
    right: PlayerName
    left_score: int
    right_score: int
    winner: SideName | None
    forfeited_by: SideName | None
    delay: int | None
    left_late: int
    right_late: int
    left_rtt_ms: int
    right_rtt_ms: int
    started_at: datetime | None
    ended_at: datetime | None
