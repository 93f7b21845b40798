"""Matches on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from contracts.game import Points, SideName
from contracts.history.modes import Mode

MAX_CHANGES = 36_000
"""Twenty a second for half an hour: two people hammering their keys make half of that."""
MAX_TICKET_CHARACTERS = 2_048
MAX_BODY_BYTES = 640 * 1024
"""A log of the most changes, each as long as can be, and its ticket."""
MAX_DELIVERY_BYTES = 1664 * 1024
MAX_NAME_CHARACTERS = 64

Outcome = Literal["won", "lost"]
Kind = Literal["player", "ai", "guest"]

Natural = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Inputs(msgspec.Struct, frozen=True, gc=False):
    """An input log: `ticks` is when the match ended, a change is a tick and both sides' keys from it on.

    Shape only. What the numbers may be is for `pong.log` to say: those refusals have codes of their own.
    """

    ticks: int
    changes: list[tuple[int, int, int]]


class Submission(msgspec.Struct, frozen=True):
    """A finished match: its ticket and its log. There is no field for a score."""

    ticket: Annotated[str, msgspec.Meta(max_length=MAX_TICKET_CHARACTERS)]
    inputs: Inputs


class OnlineSide(msgspec.Struct, frozen=True):
    """A player of an online match: how many of their keys came late, and their round trip (0 while unknown)."""

    player_id: UUID
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME_CHARACTERS)]
    late: Natural
    rtt_ms: Natural


class OnlineMatch(msgspec.Struct, frozen=True):
    """An online match as the service that ran it sends it in: no score, no winner; who gave up, if anybody did."""

    match_id: UUID
    rules: Annotated[int, msgspec.Meta(ge=0)]
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
    points: Points
    rated: bool
    played_at: Annotated[datetime, msgspec.Meta(tz=True)]
    delay: Annotated[int, msgspec.Meta(ge=0, le=2**15 - 1)]
    left: OnlineSide
    right: OnlineSide
    inputs: Inputs
    forfeited_by: SideName | None


class Side(msgspec.Struct, frozen=True, omit_defaults=True):
    """One side of a match; only a player has an id.

    The last four are an online player's, as far as they are known: keys that came late, round trip, rating.
    """

    player_id: UUID | None
    name: str
    kind: Kind
    score: int
    late: int | None = None
    rtt_ms: int | None = None
    rating_before: float | None = None
    rating_after: float | None = None


class MatchRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A verified match; `outcome` is there in a player's list, from that player's side.

    Only an online match is rated, given up, or has a `delay`: ticks that the server waited for keys of both.
    """

    id: UUID
    mode: Mode
    level: str | None
    rules: int
    points: int
    played_at: datetime
    ticks: int
    duration_ms: int
    left: Side
    right: Side
    winner: SideName
    longest_rally: int
    verified: bool
    rated: bool
    forfeited_by: SideName | None
    delay: int | None
    outcome: Outcome | None = None


class Replay(msgspec.Struct, frozen=True):
    """What the game needs to play a match again."""

    record: MatchRecord
    seed: int
    inputs: Inputs
    level: str | None
    rules: int
    points: int
