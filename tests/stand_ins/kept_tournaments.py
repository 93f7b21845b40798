"""Stored tournaments of the stand-in for tournament, without a clock and without bracket rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from tests.stand_ins.auth import NAMESPACE, AuthRequest, StandInAuth
from tournament.tournaments.access import ADMIN_ROLE
from tournament.tournaments.available_actions import EntryCounts
from tournament.tournaments.errors import NoSuchTournament, NotOrganiser
from tournament.tournaments.models import DISQUALIFIED, Entry, Tournament
from tournament.verified import VERIFIED_ROLE, NotVerified
from transcendence_common.identity import Player
from transcendence_common.problems import NotSignedIn

Json = dict[str, Any]
"""An object as tournament sends it."""

MADE_AT: Final = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
INVITATION: Final = "open-sesame"
WITH_A_PLACE: Final = frozenset({"entered", "playing", "withdrawn", "disqualified"})
PLAIN: Final[Json] = {
    "kind": "online",
    "name": "Friday Cup",
    "format": "single_elimination",
    "size": 8,
    "points": 7,
    "rated": False,
    "organiser": None,
    "starts_at": None,
    "started_at": None,
    "ended_at": None,
    "winner": None,
    "description": "",
    "visibility": "public",
    "third_place": False,
    "rounds": None,
    "ready_seconds": 300,
    "registration_closes_at": None,
    "check_in_minutes": None,
    "seeding": "rating",
    "seeding_number": None,
    "created_at": MADE_AT.isoformat(),
    "round": 0,
}
"""A tournament with default settings."""
ADDRESS: Final = "/api/tournament/tournaments"
ONE: Final = f"{ADDRESS}/{{tournament_id:uuid}}"


COLUMNS: Final = frozenset(Tournament.__table__.columns.keys())
TIMES: Final = ("starts_at", "registration_closes_at", "ended_at")


@dataclass
class Kept:
    """Everything stored of one tournament; pairings and standings are in the
    form in which they are sent."""

    shown: Json
    entries: list[Json] = field(default_factory=list)
    notes: list[Json] = field(default_factory=list)
    pairings: list[Json] = field(default_factory=list)
    standings: list[Json] = field(default_factory=list)
    rounds: int = 1
    key: str = ""
    thrown_out: set[str] = field(default_factory=set)

    @property
    def id(self) -> UUID:
        return UUID(self.shown["id"])

    @property
    def started(self) -> bool:
        return self.shown["started_at"] is not None

    def entry_of(self, name: str) -> Json | None:
        return next((each for each in self.entries if each["name"] == name), None)

    def row(self) -> Tournament:
        """Return the tournament as a row, for the rules of the tournament service."""
        fields = {name: self.shown[name] for name in COLUMNS & self.shown.keys()}
        for name in TIMES:
            if isinstance(fields[name], str):
                fields[name] = datetime.fromisoformat(fields[name])
        organiser = self.shown["organiser"]
        return Tournament(**fields, organiser_id=UUID(organiser["id"]) if organiser else None)

    def entry_row(self, name: str | None) -> Entry | None:
        """Return a player's entry as a row, for the rules of the tournament service."""
        if name in self.thrown_out:
            return Entry(state=DISQUALIFIED)
        entry = self.entry_of(name) if name else None
        if entry is None:
            return None
        return Entry(state=entry["state"], checked_in_at=MADE_AT if entry["checked_in"] else None)

    def counts(self) -> EntryCounts:
        states = Counter(each["state"] for each in self.entries)
        here = [each for each in self.entries if each["state"] in {"entered", "waiting"}]
        checked_in = sum(each["checked_in"] for each in here)
        return EntryCounts(
            waiting=states["waiting"],
            checked_in=checked_in,
            here=checked_in if self.shown["check_in_minutes"] else len(here),
            playing=states["playing"] + states["withdrawn"],
        )

    def in_line(self) -> list[Json]:
        return [each for each in self.entries if each["state"] == "waiting"]

    def name_of(self, seed: int | None) -> str:
        return next((each["name"] for each in self.entries if each["seed"] == seed and seed), "")


class KeptTournaments:
    """Tournaments of players in the stand-in for auth, by name;
    `administrators` may act as organisers."""

    def __init__(self, auth: StandInAuth) -> None:
        self.auth = auth
        self.reset()

    def reset(self) -> None:
        self.all: list[Kept] = []
        self.administrators: set[str] = set()

    def add(self, organiser: str = "Bob", name: str = "Friday Cup", **values: object) -> UUID:
        """Add a tournament, open unless the values say otherwise."""
        tournament_id = uuid5(NAMESPACE, f"tournament {len(self.all)}")
        by_invitation = values.get("visibility") == "link"
        shown: Json = {
            **PLAIN,
            "id": str(tournament_id),
            "name": name,
            "state": "open",
            "organiser": {"id": str(self.id_of(organiser)), "name": organiser},
            "revision": 1,
            "invitation": INVITATION if by_invitation else None,
            **values,
        }
        self.all.append(Kept(shown))
        return tournament_id

    def enter(self, tournament_id: UUID, name: str, **values: object) -> UUID:
        """Add an entry, which joins the waiting list if the tournament is full."""
        kept = self.of(tournament_id)
        entry_id = uuid5(tournament_id, f"entry {name}")
        with_a_place = [each for each in kept.entries if each["state"] in WITH_A_PLACE]
        full = len(with_a_place) >= kept.shown["size"]
        kept.entries.append(
            {
                "id": str(entry_id),
                "player_id": str(self.id_of(name)) if kept.shown["kind"] == "online" else None,
                "name": name,
                "rating": 1500.0,
                "provisional": False,
                "state": "waiting" if full else "entered",
                "checked_in": False,
                "seed": None if full else len(with_a_place) + 1,
                "late": False,
                "place": None,
                **values,
            }
        )
        return entry_id

    def begin(self, tournament_id: UUID, pairings: Sequence[Json] = (), **values: object) -> None:
        """Start a tournament with these pairings; by default, each two
        neighbours by seed are called."""
        kept = self.of(tournament_id)
        kept.entries = [each for each in kept.entries if each["state"] == "entered"]
        for seed, entry in enumerate(kept.entries, 1):
            entry |= {"state": "playing", "seed": seed}
        kept.shown |= {
            "state": "running",
            "started_at": MADE_AT.isoformat(),
            "round": 1,
            **values,
        }
        section = "winners" if "elimination" in kept.shown["format"] else "round"
        neighbours = range(1, len(kept.entries), 2)
        kept.pairings = list(pairings) or [
            pairing(number, one, one + 1, section=section, state="called")
            for number, one in enumerate(neighbours, 1)
        ]

    def note(self, tournament_id: UUID, action: str, actor: str = "Bob", **values: object) -> None:
        kept = self.of(tournament_id)
        words: Json = {"subject": "", "before": "", "after": "", "reason": "", **values}
        note_id = uuid5(tournament_id, f"note {len(kept.notes)}")
        at = MADE_AT.isoformat()
        kept.notes.append({"id": str(note_id), "at": at, "actor": actor, "action": action, **words})

    def of(self, tournament_id: UUID) -> Kept:
        for kept in self.all:
            if kept.id == tournament_id:
                return kept
        raise NoSuchTournament

    def named(self, name: str) -> Kept:
        return next(kept for kept in self.all if kept.shown["name"] == name)

    def seen(self, tournament_id: UUID, reader: str | None) -> Kept:
        """Return a tournament that a reader may see.

        Raises:
            NoSuchTournament: it does not exist, or the reader may not see it.
        """
        kept = self.of(tournament_id)
        private = kept.shown["state"] == "draft" or kept.shown["kind"] == "hotseat"
        if private and not self.is_organised(kept, reader):
            raise NoSuchTournament
        return kept

    def organised(self, request: AuthRequest, tournament_id: UUID) -> Kept:
        """Return a tournament to its organiser only."""
        me = self.me(request)
        kept = self.seen(tournament_id, me)
        if not self.is_organised(kept, me):
            raise NotOrganiser
        return kept

    def me(self, request: AuthRequest) -> str:
        return self.auth.session_of(request).person.name

    def reader(self, request: AuthRequest) -> str | None:
        try:
            return self.me(request)
        except NotSignedIn:
            return None

    def verified(self, request: AuthRequest) -> str:
        person = self.auth.session_of(request).person
        if not person.verified:
            raise NotVerified
        return person.name

    def player(self, name: str | None) -> Player | None:
        """Return a player in the form that the rules of the tournament service take."""
        if name is None:
            return None
        person = self.auth.people[name]
        roles = {VERIFIED_ROLE} if person.verified else set()
        if name in self.administrators:
            roles.add(ADMIN_ROLE)
        return Player(person.id, name, frozenset(roles), person.id)

    def is_organised(self, kept: Kept, reader: str | None) -> bool:
        return reader is not None and (reader in self.administrators or is_organiser(kept, reader))

    def id_of(self, name: str) -> UUID:
        return (self.auth.people.get(name) or self.auth.add_player(name, None)).id


def pairing(number: int, one: int | None, other: int | None, **values: object) -> Json:
    """Return a pairing as it is sent; by default it waits in the first round."""
    return {
        "number": number,
        "section": "winners",
        "round": 1,
        "one": one,
        "other": other,
        "state": "waiting",
        **values,
    }


def page(found: list[Json], limit: int, cursor: str, line: type[msgspec.Struct]) -> Json:
    """Return a page of the objects, each reduced to the fields of a list item."""
    start = int(cursor)
    more = str(start + limit) if start + limit < len(found) else None
    items = [
        {field: each[field] for field in line.__struct_fields__}
        for each in found[start : start + limit]
    ]
    return {"items": items, "next_cursor": more}


def is_organiser(kept: Kept, name: str) -> bool:
    organiser = kept.shown["organiser"]
    return organiser is not None and bool(organiser["name"] == name)
