"""Matches on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from history.tickets.schemas import Mode

MAX_CHANGES = 36_000
"""Twenty a second for half an hour: two people hammering their keys make half of that."""
MAX_TICKET_CHARACTERS = 2_048

Outcome = Literal["won", "lost"]
Kind = Literal["player", "ai", "guest"]
SideName = Literal["left", "right"]


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


class Side(msgspec.Struct, frozen=True):
    """One side of a match; only a player has an id."""

    player_id: UUID | None
    name: str
    kind: Kind
    score: int


class MatchRecord(msgspec.Struct, frozen=True):
    """A verified match; `outcome` is there in a player's list, from that player's side."""

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
    verified: bool = True
    outcome: Outcome | msgspec.UnsetType = msgspec.UNSET


class Replay(msgspec.Struct, frozen=True):
    """What the game needs to play a match again."""

    record: MatchRecord
    seed: int
    inputs: Inputs
    level: str | None
    rules: int
    points: int
