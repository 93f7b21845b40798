"""Tournaments on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from contracts.actions import Action, Actionable
from contracts.game import Points
from contracts.tournament.live import Person

Kind = Literal["online", "hotseat"]
State = Literal["draft", "open", "running", "finished", "cancelled"]
Visibility = Literal["public", "link"]
Seeding = Literal["rating", "manual", "random"]
EntryState = Literal["entered", "waiting", "dropped", "playing", "withdrawn", "disqualified"]
AuditAction = Literal[
    "opened",
    "changed",
    "seeded",
    "started",
    "cancelled",
    "removed",
    "disqualified",
    "corrected",
]
Format = Literal["single_elimination", "double_elimination", "round_robin", "swiss"]
Section = Literal["winners", "losers", "final", "reset", "third_place", "round"]
"""Which part of a bracket a pairing belongs to; round robin and Swiss know only rounds."""
How = Literal["played", "forfeit", "double_forfeit", "decided", "bye", "empty", "unneeded"]
"""`decided`: by the organiser. The last three follow from the rules alone: an opponent who is nobody, two of them, and
the second final that is not needed."""
FOLLOWS: Final[frozenset[How]] = frozenset({"bye", "empty", "unneeded"})
"""Outcomes that follow from the rules alone, without a match. An organiser cannot correct them."""
PairingState = Literal["waiting", "called", "playing", "over"]

LONGEST_NAME: Final = 80
LONGEST_DESCRIPTION: Final = 2000
LONGEST_REASON: Final = 500
FEWEST: Final = 2
MOST: Final = 1024
"""Players of a tournament; see `MOST_OF`."""
MOST_ROUNDS: Final = 30
LONGEST_READY_SECONDS: Final = 3600
LONGEST_CHECK_IN_MINUTES: Final = 120
MOST_OF: Final[Mapping[Format, int]] = {
    "single_elimination": MOST,
    "double_elimination": MOST,
    "round_robin": 32,
    "swiss": MOST,
}
"""Where everybody meets everybody, 32 are 496 matches."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
Description = Annotated[str, msgspec.Meta(max_length=LONGEST_DESCRIPTION)]
Size = Annotated[int, msgspec.Meta(ge=FEWEST, le=MOST)]
Rounds = Annotated[int, msgspec.Meta(ge=1, le=MOST_ROUNDS)] | None
ReadySeconds = Annotated[int, msgspec.Meta(ge=30, le=LONGEST_READY_SECONDS)]
CheckInMinutes = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_CHECK_IN_MINUTES)] | None
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]


class TournamentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All that an organiser chooses."""

    name: Name
    description: Description = ""
    format: Format
    size: Size
    points: Points
    rated: bool = False
    visibility: Visibility = "public"
    third_place: bool = False
    rounds: Rounds = None
    ready_seconds: ReadySeconds = 300
    registration_closes_at: datetime | None = None
    starts_at: datetime | None = None
    check_in_minutes: CheckInMinutes = None


CHANGES_WHILE_OPEN: Final = frozenset(
    {"name", "description", "size", "registration_closes_at", "starts_at", "check_in_minutes"}
)
"""Settings that an organiser may change once people can enter: whoever has entered did so for the rest."""


class TournamentWish(TournamentSettings, frozen=True, kw_only=True):
    """What somebody would like to organise."""

    kind: Kind = "online"
    aliases: list[str] | None = None
    """Hotseat only, where it has to be: 2 to 16 names."""


class TournamentChange(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that are to be different; what is left out stays. A test compares its fields with the settings'."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    format: Format | msgspec.UnsetType = msgspec.UNSET
    size: Size | msgspec.UnsetType = msgspec.UNSET
    points: Points | msgspec.UnsetType = msgspec.UNSET
    rated: bool | msgspec.UnsetType = msgspec.UNSET
    visibility: Visibility | msgspec.UnsetType = msgspec.UNSET
    third_place: bool | msgspec.UnsetType = msgspec.UNSET
    rounds: Rounds | msgspec.UnsetType = msgspec.UNSET
    ready_seconds: ReadySeconds | msgspec.UnsetType = msgspec.UNSET
    registration_closes_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    starts_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    check_in_minutes: CheckInMinutes | msgspec.UnsetType = msgspec.UNSET


class TournamentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a list."""

    id: UUID
    kind: Kind
    name: str
    format: Format
    state: State
    size: int
    points: int
    rated: bool
    entries: int
    """Who takes part: before the start those with a place, since then those who were there at the start or later."""
    organiser: Person | None
    """None: their account is gone."""
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    winner: str | None
    """Of a finished one; None too where nobody came to the final."""


class OwnEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The reader's own place."""

    id: UUID
    state: EntryState
    checked_in: bool
    seed: int | None
    place: int | None
    line: int | None
    """How many wait before them, and they; None where they do not wait."""


class TournamentDetails(TournamentSettings, Actionable, frozen=True, kw_only=True):
    """All about one tournament but its entries, its bracket and its audit log: `TournamentSummary`, and more."""

    id: UUID
    kind: Kind
    state: State
    entries: int
    organiser: Person | None
    started_at: datetime | None
    ended_at: datetime | None
    winner: str | None
    seeding: Seeding
    seeding_number: int | None
    created_at: datetime
    round: int
    waiting: int
    checked_in: int
    revision: int
    organised: bool
    """By the reader, who may then do what organisers do."""
    invitation: str | None
    """For its organiser, where it is by invitation."""
    may_enter: bool = False
    """The same as `actions` says, for pages of the version before this one."""
    actions: list[Action] = []
    own: OwnEntry | None


class EntryDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a tournament."""

    id: UUID
    player_id: UUID | None
    name: str
    rating: float | None
    provisional: bool
    state: EntryState
    checked_in: bool
    seed: int | None
    """Before the start: where they would be seeded as things are."""
    late: bool
    place: int | None


class Entering(msgspec.Struct, frozen=True):
    """The invitation, where the tournament is by invitation."""

    invitation: str | None = None


class SeedingWish(msgspec.Struct, frozen=True):
    """`order` is for `manual`: the ids of all who have a place, the best first."""

    method: Seeding
    order: list[UUID] | None = None


class Why(msgspec.Struct, frozen=True):
    reason: Reason


class Correction(msgspec.Struct, frozen=True):
    """Who won after all: an entry's seed, or null where neither did."""

    winner: Annotated[int, msgspec.Meta(ge=1)] | None
    reason: Reason


class PairingDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pairing; entrants are told by their seed, 0 is nobody, null not known yet."""

    number: int
    section: Section
    round: int
    one: int | None
    other: int | None
    state: PairingState
    how: How | None = None
    winner: int | None = None
    one_score: int = 0
    other_score: int = 0
    one_ready: bool = False
    other_ready: bool = False
    deadline: datetime | None = None
    match_id: UUID | None = None
    """The live match, and history's record of it once it is over."""


class StandingDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the standings; the tie-breaks in the order in which they count."""

    seed: int
    place: int | None
    score: int
    wins: int
    losses: int
    direct: int
    buchholz: int
    sonneborn: int
    difference: int


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """Who is behind a seed."""

    seed: int
    entry_id: UUID
    player_id: UUID | None
    name: str
    rating: float | None
    state: EntryState
    late: bool
    place: int | None


class BracketDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tournament stands, since its start."""

    revision: int
    format: Format
    state: State
    round: int
    rounds: int
    entrants: list[Entrant]
    """By seed."""
    pairings: list[PairingDetails]
    """By number, which is the order of play."""
    standings: list[StandingDetails]
    """The best first."""


class MatchCall(msgspec.Struct, Actionable, frozen=True, kw_only=True):
    """A pairing that waits for the reader."""

    tournament_id: UUID
    tournament_name: str
    number: int
    round: int
    section: Section
    opponent: str
    ready: bool
    """The reader has said so."""
    opponent_ready: bool
    deadline: datetime
    match_id: UUID | None
    actions: list[Action] = []


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament in somebody's history."""

    tournament_id: UUID
    name: str
    format: Format
    state: Literal["running", "finished"]
    entrants: int
    place: int | None
    started_at: datetime
    ended_at: datetime | None


class HotseatTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to play a hotseat pairing, once: what history gave, and who plays where."""

    ticket: str
    match_id: UUID
    seed: int
    rules: int
    points: int
    left_name: str
    right_name: str


class AuditLogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the organiser, or the clock, has done."""

    id: UUID
    at: datetime
    actor: str
    action: AuditAction
    subject: str
    before: str
    after: str
    reason: str
