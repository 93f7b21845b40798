"""Matches and input logs on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from contracts.game import Points, SideName
from contracts.history.modes import Mode

MAX_CHANGES = 36_000
"""Most key changes of a match: 20 a second for 30 min. Two people pressing keys as fast as they can make half of it."""
MAX_TICKET_CHARACTERS = 2_048
MAX_BODY_BYTES = 640 * 1024
"""Largest submission: a log of MAX_CHANGES changes, each as long as can be, and its ticket."""
MAX_DELIVERY_BYTES = 1664 * 1024
MAX_NAME_CHARACTERS = 64

Outcome = Literal["won", "lost"]
SideKind = Literal["player", "ai", "guest"]

NaturalNumber = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class InputLogBody(msgspec.Struct, frozen=True, gc=False):
    """An input log: `ticks` is the length of the match, a change is a tick and both sides' keys from it on.

    Only the shape is checked here. `pong.log` checks the numbers, and its errors have codes of their own.
    """

    ticks: int
    changes: list[tuple[int, int, int]]


class MatchSubmission(msgspec.Struct, frozen=True):
    """A finished match: its ticket and its log. There is no field for a score."""

    ticket: Annotated[str, msgspec.Meta(max_length=MAX_TICKET_CHARACTERS)]
    inputs: InputLogBody


class OnlineSide(msgspec.Struct, frozen=True):
    """A player of an online match, with the number of late keys and the round-trip time (0 if unknown)."""

    player_id: UUID
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME_CHARACTERS)]
    late: NaturalNumber
    rtt_ms: NaturalNumber


class OnlineMatch(msgspec.Struct, frozen=True):
    """An online match, sent by the service that ran it.

    It has no score and no winner, but the side that gave up, if any.
    """

    match_id: UUID
    rules: Annotated[int, msgspec.Meta(ge=0)]
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
    points: Points
    rated: bool
    played_at: Annotated[datetime, msgspec.Meta(tz=True)]
    delay: Annotated[int, msgspec.Meta(ge=0, le=2**15 - 1)]
    left: OnlineSide
    right: OnlineSide
    inputs: InputLogBody
    forfeited_by: SideName | None


class MatchSide(msgspec.Struct, frozen=True, omit_defaults=True):
    """One side of a match; only a player has an id.

    The last four fields are an online player's, if known: late keys, round-trip time, rating before and after.
    """

    player_id: UUID | None
    name: str
    kind: SideKind
    score: int
    late: int | None = None
    rtt_ms: int | None = None
    rating_before: float | None = None
    rating_after: float | None = None


class MatchRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A verified match; `outcome` is set in a player's list, from that player's side.

    Only an online match is rated, given up, or has a `delay`, the ticks that the server waited for keys.
    """

    id: UUID
    mode: Mode
    level: str | None
    rules: int
    points: int
    played_at: datetime
    ticks: int
    duration_ms: int
    left: MatchSide
    right: MatchSide
    winner: SideName
    longest_rally: int
    verified: bool
    rated: bool
    forfeited_by: SideName | None
    delay: int | None
    outcome: Outcome | None = None


class Replay(msgspec.Struct, frozen=True):
    """The data with which the game replays a match."""

    record: MatchRecord
    seed: int
    inputs: InputLogBody
    level: str | None
    rules: int
    points: int
