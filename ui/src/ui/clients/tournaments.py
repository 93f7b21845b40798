"""Tournaments, as the service of that name serves them."""

from datetime import datetime
from types import NoneType
from typing import Literal
from uuid import UUID

import msgspec

from ui.clients.backend import Backend
from ui.clients.games import Contender

Kind = Literal["online", "hotseat"]
Format = Literal["single_elimination", "double_elimination", "round_robin", "swiss"]
State = Literal["draft", "open", "running", "finished", "cancelled"]
Visibility = Literal["public", "link"]
Seeding = Literal["rating", "manual", "random"]
EntryState = Literal["entered", "waiting", "dropped", "playing", "withdrawn", "disqualified"]
Section = Literal["winners", "losers", "final", "reset", "third_place", "round"]
PairingState = Literal["waiting", "called", "playing", "over"]
How = Literal["played", "forfeit", "double_forfeit", "decided", "bye", "empty", "unneeded"]
Action = Literal[
    "opened",
    "changed",
    "seeded",
    "started",
    "cancelled",
    "removed",
    "disqualified",
    "corrected",
]
Show = Literal["open", "running", "finished", "mine"]
"""Which tournaments a list is of."""

NOT_STARTED = "not_started"
NOBODY = 0
"""In a place of a pairing to which nobody comes."""


class TournamentWish(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind = "online"
    name: str
    description: str = ""
    format: Format
    size: int
    points: int
    rated: bool = False
    visibility: Visibility = "public"
    third_place: bool = False
    rounds: int | None = None
    ready_seconds: int = 300
    registration_closes_at: datetime | None = None
    starts_at: datetime | None = None
    check_in_minutes: int | None = None
    aliases: list[str] | None = None
    """Hotseat only."""


class TournamentChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    format: Format | msgspec.UnsetType = msgspec.UNSET
    size: int | msgspec.UnsetType = msgspec.UNSET
    points: int | msgspec.UnsetType = msgspec.UNSET
    rated: bool | msgspec.UnsetType = msgspec.UNSET
    visibility: Visibility | msgspec.UnsetType = msgspec.UNSET
    third_place: bool | msgspec.UnsetType = msgspec.UNSET
    rounds: int | msgspec.UnsetType | None = msgspec.UNSET
    ready_seconds: int | msgspec.UnsetType = msgspec.UNSET
    registration_closes_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    starts_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    check_in_minutes: int | msgspec.UnsetType | None = msgspec.UNSET


class TournamentSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    kind: Kind
    name: str
    format: Format
    state: State
    size: int
    points: int
    rated: bool
    entries: int = 0
    organiser: Contender | None = None
    starts_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    winner: str | None = None


class Tournaments(msgspec.Struct, frozen=True):
    items: list[TournamentSummary]
    next_cursor: str | None = None


class OwnEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The reader's own place; `line` is how many wait before them, and they."""

    id: UUID
    state: EntryState
    checked_in: bool = False
    seed: int | None = None
    place: int | None = None
    line: int | None = None


class Tournament(TournamentSummary, frozen=True, kw_only=True):
    description: str = ""
    visibility: Visibility = "public"
    third_place: bool = False
    rounds: int | None = None
    ready_seconds: int = 300
    registration_closes_at: datetime | None = None
    check_in_minutes: int | None = None
    seeding: Seeding = "rating"
    seeding_number: int | None = None
    created_at: datetime
    round: int = 0
    waiting: int = 0
    checked_in: int = 0
    revision: int = 0
    organised: bool = False
    """By the reader, who may then do what organisers do."""
    invitation: str | None = None
    """For its organiser, where it is by invitation."""
    may_enter: bool = False
    own: OwnEntry | None = None

    def is_hosted_by(self, player_id: UUID | None) -> bool:
        """Administrators organise what is not theirs, but sit at no keyboard of it."""
        return self.organiser is not None and self.organiser.id == player_id


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a tournament; before the start with the seed that they would have as things are."""

    id: UUID
    player_id: UUID | None = None
    name: str
    rating: float | None = None
    provisional: bool = False
    state: EntryState
    checked_in: bool = False
    seed: int | None = None
    late: bool = False
    place: int | None = None


class Entries(msgspec.Struct, frozen=True):
    items: list[Entry]
    next_cursor: str | None = None


class Entering(msgspec.Struct, frozen=True):
    invitation: str | None = None


class SeedingWish(msgspec.Struct, frozen=True):
    """`order` is for seeding by hand: the entries' ids, the best first."""

    method: Seeding
    order: list[UUID] | None = None


class Why(msgspec.Struct, frozen=True):
    reason: str


class Correction(msgspec.Struct, frozen=True):
    """Who won after all: an entry's seed, or None where neither did."""

    winner: int | None
    reason: str


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """Entrants are told by their seed; NOBODY is nobody, None not known yet."""

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


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The tie-breaks in the order in which they count."""

    seed: int
    place: int | None = None
    score: int = 0
    wins: int = 0
    losses: int = 0
    direct: int = 0
    buchholz: int = 0
    sonneborn: int = 0
    difference: int = 0


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """Who is behind a seed."""

    seed: int
    entry_id: UUID
    player_id: UUID | None = None
    name: str
    rating: float | None = None
    state: EntryState = "playing"
    late: bool = False
    place: int | None = None


class Bracket(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tournament stands: entrants by seed, pairings in the order of play, standings the best first."""

    revision: int = 0
    format: Format
    state: State
    round: int = 0
    rounds: int = 0
    entrants: list[Entrant]
    pairings: list[Pairing]
    standings: list[Standing]


class Summoned(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing that waits for the reader."""

    tournament_id: UUID
    tournament_name: str
    number: int
    round: int
    section: Section
    opponent: str
    ready: bool = False
    opponent_ready: bool = False
    deadline: datetime
    match_id: UUID | None = None


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament in somebody's history."""

    tournament_id: UUID
    name: str
    format: Format
    state: Literal["running", "finished"]
    entrants: int
    place: int | None = None
    started_at: datetime
    ended_at: datetime | None = None


class Placings(msgspec.Struct, frozen=True):
    items: list[Placing]
    next_cursor: str | None = None


class HotseatTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to play a hotseat pairing, once, and who plays where."""

    ticket: str
    match_id: UUID
    seed: int
    rules: int
    points: int
    left_name: str
    right_name: str


class AuditNote(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the organiser, or the clock, has done."""

    id: UUID
    at: datetime
    actor: str
    action: Action
    subject: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""


class AuditNotes(msgspec.Struct, frozen=True):
    items: list[AuditNote]
    next_cursor: str | None = None


class TournamentsClient(Backend):
    async def create(self, wish: TournamentWish, key: str, token: str) -> Tournament:
        """The same key gives the same tournament again."""
        headers = {"Idempotency-Key": key}
        return await self.post(TOURNAMENTS, wish, Tournament, token=token, headers=headers)

    async def tournaments(
        self, show: Show, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Tournaments:
        query = {"show": show, **_page(limit, cursor)}
        return await self.get(TOURNAMENTS, Tournaments, token=token, query=query)

    async def tournament(
        self, tournament_id: UUID, token: str | None, invitation: str | None = None
    ) -> Tournament:
        query = {"invitation": invitation} if invitation else None
        return await self.get(_address(tournament_id), Tournament, token=token, query=query)

    async def change(self, tournament_id: UUID, change: TournamentChange, token: str) -> Tournament:
        return await self.patch(_address(tournament_id), change, Tournament, token=token)

    async def open_entries(self, tournament_id: UUID, token: str) -> Tournament:
        path = f"{_address(tournament_id)}/opening"
        return await self.post(path, None, Tournament, token=token)

    async def start(self, tournament_id: UUID, token: str) -> Tournament:
        path = f"{_address(tournament_id)}/start"
        return await self.post(path, None, Tournament, token=token)

    async def cancel(self, tournament_id: UUID, reason: str, token: str) -> None:
        path = f"{_address(tournament_id)}/cancellation"
        await self.post(path, Why(reason), msgspec.Raw, token=token)

    async def seed(self, tournament_id: UUID, wish: SeedingWish, token: str) -> list[Entry]:
        path = f"{_address(tournament_id)}/seeding"
        return await self.put(path, wish, list[Entry], token=token)

    async def entries(
        self, tournament_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Entries:
        path = f"{_address(tournament_id)}/entries"
        return await self.get(path, Entries, token=token, query=_page(limit, cursor))

    async def enter(self, tournament_id: UUID, invitation: str | None, token: str) -> OwnEntry:
        path = f"{_address(tournament_id)}/entries"
        return await self.post(path, Entering(invitation), OwnEntry, token=token)

    async def leave(self, tournament_id: UUID, token: str) -> None:
        """Leave before the start, withdraw since."""
        await self.delete(f"{_address(tournament_id)}/entries/own", NoneType, token=token)

    async def check_in(self, tournament_id: UUID, token: str) -> OwnEntry:
        path = f"{_address(tournament_id)}/check-in"
        return await self.post(path, None, OwnEntry, token=token)

    async def come_back(self, tournament_id: UUID, token: str) -> OwnEntry:
        path = f"{_address(tournament_id)}/return"
        return await self.post(path, None, OwnEntry, token=token)

    async def disqualify(
        self, tournament_id: UUID, entry_id: UUID, reason: str, token: str
    ) -> Entry:
        path = f"{_address(tournament_id)}/entries/{entry_id}/disqualification"
        return await self.post(path, Why(reason), Entry, token=token)

    async def bracket(self, tournament_id: UUID, token: str | None) -> Bracket:
        return await self.get(f"{_address(tournament_id)}/bracket", Bracket, token=token)

    async def ready(self, tournament_id: UUID, number: int, token: str) -> Pairing:
        path = f"{_pairing(tournament_id, number)}/ready"
        return await self.post(path, None, Pairing, token=token)

    async def correct(
        self, tournament_id: UUID, number: int, correction: Correction, token: str
    ) -> Pairing:
        path = f"{_pairing(tournament_id, number)}/correction"
        return await self.put(path, correction, Pairing, token=token)

    async def ticket(self, tournament_id: UUID, number: int, token: str) -> HotseatTicket:
        path = f"{_pairing(tournament_id, number)}/ticket"
        return await self.post(path, None, HotseatTicket, token=token)

    async def result(self, tournament_id: UUID, number: int, token: str) -> Pairing:
        """Have a hotseat match counted as history has verified it."""
        path = f"{_pairing(tournament_id, number)}/result"
        return await self.post(path, None, Pairing, token=token)

    async def audit(
        self, tournament_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> AuditNotes:
        path = f"{_address(tournament_id)}/audit"
        return await self.get(path, AuditNotes, token=token, query=_page(limit, cursor))

    async def summons(self, token: str) -> list[Summoned]:
        return await self.get(f"{TOURNAMENTS}/summons", list[Summoned], token=token)

    async def placings(
        self, player_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Placings:
        path = f"/api/tournament/players/{player_id}/placings"
        return await self.get(path, Placings, token=token, query=_page(limit, cursor))


TOURNAMENTS = "/api/tournament/tournaments"


def _address(tournament_id: UUID) -> str:
    return f"{TOURNAMENTS}/{tournament_id}"


def _pairing(tournament_id: UUID, number: int) -> str:
    return f"{_address(tournament_id)}/pairings/{number}"


def _page(limit: int, cursor: str | None) -> dict[str, str]:
    return {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
