"""Tournaments on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from contracts.actions import Action, Actionable
from contracts.game import Points
from contracts.tournament.live import PlayerName

TournamentKind = Literal["online", "hotseat"]
TournamentState = Literal["draft", "open", "running", "finished", "cancelled"]
Visibility = Literal["public", "link"]
SeedingMethod = Literal["rating", "manual", "random"]
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
TournamentFormat = Literal["single_elimination", "double_elimination", "round_robin", "swiss"]
BracketSection = Literal["winners", "losers", "final", "reset", "third_place", "round"]
"""The part of a bracket that a pairing belongs to; round robin and Swiss have only rounds."""
OutcomeKind = Literal["played", "forfeit", "double_forfeit", "decided", "bye", "empty", "unneeded"]
"""How a pairing ended. `decided`: by the organiser. The last three follow from the rules alone: one player without an
opponent, no players at all, and a second final that is not needed."""
OUTCOMES_BY_RULES_ALONE: Final[frozenset[OutcomeKind]] = frozenset({"bye", "empty", "unneeded"})
"""Outcomes that follow from the rules alone, without a match. An organiser cannot correct them."""
PairingState = Literal["waiting", "called", "playing", "over"]

LONGEST_TOURNAMENT_NAME: Final = 80
LONGEST_DESCRIPTION: Final = 2000
LONGEST_REASON: Final = 500
FEWEST_PLAYERS: Final = 2
MOST_PLAYERS: Final = 1024
"""Most players of a tournament; `MOST_PLAYERS_BY_FORMAT` has the limit of each format."""
MOST_ALIASES: Final = 64
"""Most aliases of a hotseat tournament: 63 matches at one keyboard are an evening."""
LONGEST_ALIAS: Final = 32
"""Most characters of an alias; history accepts no longer names for a ticket."""
MOST_ROUNDS: Final = 30
LONGEST_READY_SECONDS: Final = 3600
LONGEST_CHECK_IN_MINUTES: Final = 120
MOST_PLAYERS_BY_FORMAT: Final[Mapping[TournamentFormat, int]] = {
    "single_elimination": MOST_PLAYERS,
    "double_elimination": MOST_PLAYERS,
    "round_robin": 32,
    "swiss": MOST_PLAYERS,
}
"""Most players by format. In a round robin each pair meets, and 32 players have 496 matches."""

TournamentName = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TOURNAMENT_NAME)]
TournamentDescription = Annotated[str, msgspec.Meta(max_length=LONGEST_DESCRIPTION)]
TournamentSize = Annotated[int, msgspec.Meta(ge=FEWEST_PLAYERS, le=MOST_PLAYERS)]
RoundCount = Annotated[int, msgspec.Meta(ge=1, le=MOST_ROUNDS)] | None
ReadySeconds = Annotated[int, msgspec.Meta(ge=30, le=LONGEST_READY_SECONDS)]
CheckInMinutes = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_CHECK_IN_MINUTES)] | None
ReasonText = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]


class TournamentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a tournament that its organiser chooses."""

    name: TournamentName
    description: TournamentDescription = ""
    format: TournamentFormat
    size: TournamentSize
    points: Points
    rated: bool = False
    visibility: Visibility = "public"
    third_place: bool = False
    rounds: RoundCount = None
    ready_seconds: ReadySeconds = 300
    registration_closes_at: datetime | None = None
    starts_at: datetime | None = None
    check_in_minutes: CheckInMinutes = None


CHANGEABLE_WHILE_OPEN: Final = frozenset(
    {"name", "description", "size", "registration_closes_at", "starts_at", "check_in_minutes"}
)
"""Settings that an organiser may change while the tournament is open: players have entered for the others."""


class TournamentWish(TournamentSettings, frozen=True, kw_only=True):
    """A request to create a tournament."""

    kind: TournamentKind = "online"
    aliases: list[str] | None = None
    """Required for hotseat, and only allowed there: 2 to MOST_ALIASES names, all entered at once."""


class TournamentChange(msgspec.Struct, frozen=True, kw_only=True):
    """Changed settings; missing fields stay unchanged. A test compares the fields with those of the settings."""

    name: TournamentName | msgspec.UnsetType = msgspec.UNSET
    description: TournamentDescription | msgspec.UnsetType = msgspec.UNSET
    format: TournamentFormat | msgspec.UnsetType = msgspec.UNSET
    size: TournamentSize | msgspec.UnsetType = msgspec.UNSET
    points: Points | msgspec.UnsetType = msgspec.UNSET
    rated: bool | msgspec.UnsetType = msgspec.UNSET
    visibility: Visibility | msgspec.UnsetType = msgspec.UNSET
    third_place: bool | msgspec.UnsetType = msgspec.UNSET
    rounds: RoundCount | msgspec.UnsetType = msgspec.UNSET
    ready_seconds: ReadySeconds | msgspec.UnsetType = msgspec.UNSET
    registration_closes_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    starts_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    check_in_minutes: CheckInMinutes | msgspec.UnsetType = msgspec.UNSET


class TournamentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament in a list."""

    id: UUID
    kind: TournamentKind
    name: str
    format: TournamentFormat
    state: TournamentState
    size: int
    points: int
    rated: bool
    entries: int
    """Number of players: before the start those with a place, after it those present at the start or entered since."""
    organiser: PlayerName | None
    """None: the account has been deleted."""
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    winner: str | None
    """The winner of a finished tournament; None also if no player came to the final."""


class OwnEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The reader's own entry."""

    id: UUID
    state: EntryState
    checked_in: bool
    seed: int | None
    place: int | None
    line: int | None
    """The position on the waiting list, from 1; None off the list."""


class TournamentDetails(TournamentSettings, Actionable, frozen=True, kw_only=True):
    """All about a tournament except its entries, bracket and audit log; it has all that `TournamentSummary` has."""

    id: UUID
    kind: TournamentKind
    state: TournamentState
    entries: int
    organiser: PlayerName | None
    started_at: datetime | None
    ended_at: datetime | None
    winner: str | None
    seeding: SeedingMethod
    seeding_number: int | None
    created_at: datetime
    round: int
    waiting: int
    checked_in: int
    revision: int
    organised: bool
    """Whether the reader may do what the organiser may do."""
    invitation: str | None
    """The invitation of a tournament by invitation, for its organiser only."""
    may_enter: bool = False
    """Whether `actions` allows to enter, for pages of the previous version."""
    actions: list[Action] = []
    own: OwnEntry | None


class EntryDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a tournament."""

    id: UUID
    player_id: UUID | None
    name: str
    rating: float | None
    provisional: bool
    state: EntryState
    checked_in: bool
    seed: int | None
    """Before the start: the seed that the player would have now."""
    late: bool
    place: int | None


class EnterRequest(msgspec.Struct, frozen=True):
    """A request to enter, with the invitation if the tournament is by invitation."""

    invitation: str | None = None


class SeedingWish(msgspec.Struct, frozen=True):
    """A request to set the seeding; `order`, for `manual`, is the ids of all entries with a place, the best first."""

    method: SeedingMethod
    order: list[UUID] | None = None


class ReasonRequest(msgspec.Struct, frozen=True):
    """A request to cancel a tournament or to disqualify a player, with the public reason."""

    reason: ReasonText


class CorrectionRequest(msgspec.Struct, frozen=True):
    """A corrected outcome: the seed of the winner, or null if neither player won."""

    winner: Annotated[int, msgspec.Meta(ge=1)] | None
    reason: ReasonText


class PairingDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pairing; players are given by seed, where 0 is no opponent and null is not known yet."""

    number: int
    section: BracketSection
    round: int
    one: int | None
    other: int | None
    state: PairingState
    how: OutcomeKind | None = None
    winner: int | None = None
    one_score: int = 0
    other_score: int = 0
    one_ready: bool = False
    other_ready: bool = False
    deadline: datetime | None = None
    match_id: UUID | None = None
    """The live match, and the id of its record in history once it is over."""


class StandingDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the standings, with the tie-breaks in the order in which they count."""

    seed: int
    place: int | None
    score: int
    wins: int
    losses: int
    direct: int
    buchholz: int
    sonneborn: int
    difference: int


class EntrantDetails(msgspec.Struct, frozen=True, kw_only=True):
    """The player with a seed."""

    seed: int
    entry_id: UUID
    player_id: UUID | None
    name: str
    rating: float | None
    state: EntryState
    late: bool
    place: int | None


class BracketDetails(msgspec.Struct, frozen=True, kw_only=True):
    """The bracket of a tournament that has started."""

    revision: int
    format: TournamentFormat
    state: TournamentState
    round: int
    rounds: int
    entrants: list[EntrantDetails]
    """Ordered by seed."""
    pairings: list[PairingDetails]
    """Ordered by number, which is the order of play."""
    standings: list[StandingDetails]
    """The best first."""


class MatchCall(msgspec.Struct, Actionable, frozen=True, kw_only=True):
    """A match call: a pairing of the reader that is called or being played."""

    tournament_id: UUID
    tournament_name: str
    number: int
    round: int
    section: BracketSection
    opponent: str
    ready: bool
    """Whether the reader has reported ready."""
    opponent_ready: bool
    deadline: datetime
    match_id: UUID | None
    actions: list[Action] = []


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament that a player has played, with the place."""

    tournament_id: UUID
    name: str
    format: TournamentFormat
    state: Literal["running", "finished"]
    entrants: int
    place: int | None
    started_at: datetime
    ended_at: datetime | None


class HotseatTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The permission to play a hotseat pairing once: the ticket from history, and the names of both sides."""

    ticket: str
    match_id: UUID
    seed: int
    rules: int
    points: int
    left_name: str
    right_name: str


class AuditLogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit log: an action of the organiser or of the clock."""

    id: UUID
    at: datetime
    actor: str
    action: AuditAction
    subject: str
    before: str
    after: str
    reason: str
