"""Stands in for tournaments: what is kept of them, and their life from draft to start; no clock, no brackets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Response, delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from tests.stand_ins.auth import NAMESPACE, AuthRequest, StandInAuth
from transcendence_common.problems import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidFields,
    NotFound,
    NotSignedIn,
)

Json = dict[str, Any]
"""As tournament would send it."""

MADE_AT: Final = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
INVITATION: Final = "open-sesame"
FEWEST: Final = 2
MOST_ALIASES: Final = 16
MOST_IN_ROUND_ROBIN: Final = 32
LONGEST_NAME: Final = 80
BEFORE_THE_START: Final = frozenset({"draft", "open"})
WITH_A_PLACE: Final = frozenset({"entered", "playing", "withdrawn", "disqualified"})
ADDRESS: Final = "/api/tournament/tournaments"
ONE: Final = f"{ADDRESS}/{{tournament_id:uuid}}"


class NoSuchTournament(NotFound):
    code = "no_such_tournament"


class NotOrganiser(Forbidden):
    code = "not_organiser"


class NotVerified(Forbidden):
    code = "not_verified"


class InvitationNeeded(Forbidden):
    code = "invitation_needed"


class NotNow(Conflict):
    code = "not_now"


class TooFew(Conflict):
    code = "too_few"


class TooSmall(Conflict):
    code = "too_small"


class Closed(Conflict):
    code = "closed"


class Out(Conflict):
    code = "out"


class NotEntered(NotFound):
    code = "not_entered"


class NotStarted(Conflict):
    code = "not_started"


@dataclass
class Kept:
    """All that is kept of one tournament; pairings and standings as they are sent."""

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

    def in_line(self) -> list[Json]:
        return [each for each in self.entries if each["state"] == "waiting"]

    def name_of(self, seed: int | None) -> str:
        return next((each["name"] for each in self.entries if each["seed"] == seed and seed), "")


@dataclass
class StandInTournaments:
    """Players are those of the stand-in for auth, by name. A feature of the stand-in for tournament."""

    auth: StandInAuth
    all: list[Kept] = field(default_factory=list)

    def __call__(self) -> Sequence[HTTPRouteHandler]:
        return [
            *self._lists(),
            *self._one(),
            *self._steps(),
            *self._entries(),
            *self._presence(),
            *self._record(),
        ]

    def add(self, organiser: str = "Bob", name: str = "Friday Cup", **values: object) -> UUID:
        """A tournament, open where nothing else is said."""
        tournament_id = uuid5(NAMESPACE, f"tournament {len(self.all)}")
        by_invitation = values.get("visibility") == "link"
        shown: Json = {
            "id": str(tournament_id),
            "kind": "online",
            "name": name,
            "format": "single_elimination",
            "state": "open",
            "size": 8,
            "points": 7,
            "rated": False,
            "organiser": {"id": str(self._id_of(organiser)), "name": organiser},
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
            "revision": 1,
            "invitation": INVITATION if by_invitation else None,
            **values,
        }
        self.all.append(Kept(shown))
        return tournament_id

    def enter(self, tournament_id: UUID, name: str, **values: object) -> UUID:
        """Somebody is in it, or waits where it is full."""
        kept = self.of(tournament_id)
        entry_id = uuid5(tournament_id, f"entry {name}")
        with_a_place = [each for each in kept.entries if each["state"] in WITH_A_PLACE]
        full = len(with_a_place) >= kept.shown["size"]
        kept.entries.append(
            {
                "id": str(entry_id),
                "player_id": str(self._id_of(name)) if kept.shown["kind"] == "online" else None,
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
        """It is running: with these pairings, or neighbours are called against each other."""
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
        raise NoSuchTournament("There is no such tournament.")

    def named(self, name: str) -> Kept:
        return next(kept for kept in self.all if kept.shown["name"] == name)

    def seen(self, tournament_id: UUID, reader: str | None) -> Kept:
        """Return a tournament as somebody may see it.

        Raises:
            NoSuchTournament: there is none for them.
        """
        kept = self.of(tournament_id)
        private = kept.shown["state"] == "draft" or kept.shown["kind"] == "hotseat"
        if private and not _organised(kept, reader):
            raise NoSuchTournament("There is no such tournament.")
        return kept

    def desk(self, request: AuthRequest, tournament_id: UUID) -> Kept:
        """Return a tournament for its organiser alone."""
        me = self.me(request)
        kept = self.seen(tournament_id, me)
        if not _organised(kept, me):
            raise NotOrganiser("It is not yours.")
        return kept

    def me(self, request: AuthRequest) -> str:
        return self.auth.session_of(request).person.name

    def reader(self, request: AuthRequest) -> str | None:
        try:
            return self.me(request)
        except NotSignedIn:
            return None

    def _lists(self) -> Sequence[HTTPRouteHandler]:
        @post(ADDRESS)
        async def create(request: AuthRequest, data: JSONBody[Json]) -> Response[Json]:
            me = self._verified(request)
            key = request.headers["Idempotency-Key"]
            for kept in self.all:
                if kept.key == key and _organised(kept, me):
                    return Response(self._shown(kept, me), status_code=200)
            _check(data)
            aliases = data.pop("aliases", None) or []
            tournament_id = self.add(me, state="draft", **data)
            for alias in aliases:
                self.enter(tournament_id, alias, rating=None)
            self.all[-1].key = key
            return Response(self._shown(self.all[-1], me), status_code=201)

        @get(ADDRESS)
        async def listed(
            request: AuthRequest,
            show: FromQuery[str],
            limit: FromQuery[int],
            cursor: FromQuery[str] = "0",
        ) -> Json:
            reader = self.me(request) if show == "mine" else self.reader(request)
            found = [self._shown(kept, reader) for kept in self._shelf(show, reader)]
            return page(found, limit, cursor)

        return [create, listed]

    def _one(self) -> Sequence[HTTPRouteHandler]:
        @get(ONE)
        async def one(
            request: AuthRequest, tournament_id: FromPath[UUID], invitation: FromQuery[str] = ""
        ) -> Json:
            reader = self.reader(request)
            return self._shown(self.seen(tournament_id, reader), reader, invitation)

        @patch(ONE)
        async def change(
            request: AuthRequest, tournament_id: FromPath[UUID], data: JSONBody[Json]
        ) -> Json:
            kept = self.desk(request, tournament_id)
            if kept.shown["state"] not in BEFORE_THE_START:
                raise NotNow("It has begun.")
            if int(data.get("size") or kept.shown["size"]) < len(kept.entries):
                raise TooSmall("More have entered.")
            _check({**kept.shown, **data})
            kept.shown |= data
            return self._shown(kept, self.me(request))

        return [one, change]

    def _steps(self) -> Sequence[HTTPRouteHandler]:
        @post(f"{ONE}/opening", status_code=200)
        async def open_entries(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json:
            kept = self.desk(request, tournament_id)
            if kept.shown["state"] not in BEFORE_THE_START:
                raise NotNow("It has begun.")
            kept.shown["state"] = "open"
            return self._shown(kept, self.me(request))

        @post(f"{ONE}/start", status_code=200)
        async def start(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json:
            kept = self.desk(request, tournament_id)
            if kept.shown["state"] not in BEFORE_THE_START:
                raise NotNow("It has begun.")
            if len(kept.entries) < FEWEST:
                raise TooFew("It takes two.")
            self.begin(tournament_id)
            return self._shown(kept, self.me(request))

        @post(f"{ONE}/cancellation", status_code=200)
        async def cancel(
            request: AuthRequest, tournament_id: FromPath[UUID], data: JSONBody[Json]
        ) -> Json:
            kept = self.desk(request, tournament_id)
            if kept.shown["state"] in {"finished", "cancelled"}:
                raise NotNow("It is over.")
            kept.shown |= {"state": "cancelled", "ended_at": MADE_AT.isoformat()}
            self.note(tournament_id, "cancelled", self.me(request), reason=data["reason"])
            return self._shown(kept, self.me(request))

        @put(f"{ONE}/seeding")
        async def seed(
            request: AuthRequest, tournament_id: FromPath[UUID], data: JSONBody[Json]
        ) -> list[Json]:
            kept = self.desk(request, tournament_id)
            if kept.shown["state"] not in BEFORE_THE_START:
                raise NotNow("It has begun.")
            drawn = 4711 if data["method"] == "random" else None
            kept.shown |= {"seeding": data["method"], "seeding_number": drawn}
            _seed(kept, data["method"], data.get("order") or [])
            return kept.entries

        return [open_entries, start, cancel, seed]

    def _entries(self) -> Sequence[HTTPRouteHandler]:
        @get(f"{ONE}/entries")
        async def listed(
            request: AuthRequest,
            tournament_id: FromPath[UUID],
            limit: FromQuery[int],
            cursor: FromQuery[str] = "0",
        ) -> Json:
            kept = self.seen(tournament_id, self.reader(request))
            return page(sorted(kept.entries, key=_seeded_first), limit, cursor)

        @post(f"{ONE}/entries")
        async def enter(
            request: AuthRequest, tournament_id: FromPath[UUID], data: JSONBody[Json]
        ) -> Response[Json | None]:
            me = self._verified(request)
            kept = self.seen(tournament_id, me)
            if kept.entry_of(me):
                return Response(_own(kept, me), status_code=200)
            self._may_enter(kept, me, data["invitation"])
            self.enter(tournament_id, me)
            return Response(_own(kept, me), status_code=201)

        @delete(f"{ONE}/entries/own")
        async def leave(request: AuthRequest, tournament_id: FromPath[UUID]) -> None:
            me = self.me(request)
            kept = self.seen(tournament_id, me)
            entry = kept.entry_of(me)
            if entry and kept.started:
                entry["state"] = "withdrawn"
            elif entry:
                self._make_room(kept, entry)

        return [listed, enter, leave]

    def _presence(self) -> Sequence[HTTPRouteHandler]:
        @post(f"{ONE}/check-in", status_code=200)
        async def check_in(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json | None:
            me = self.me(request)
            kept = self.seen(tournament_id, me)
            entry = kept.entry_of(me)
            if entry is None:
                raise NotEntered("You are not in it.")
            if kept.started or kept.shown["check_in_minutes"] is None:
                raise NotNow("There is no check-in now.")
            entry["checked_in"] = True
            return _own(kept, me)

        @post(f"{ONE}/return", status_code=200)
        async def come_back(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json | None:
            me = self.me(request)
            kept = self.seen(tournament_id, me)
            entry = kept.entry_of(me)
            if entry is None or entry["state"] != "withdrawn" or kept.shown["format"] != "swiss":
                raise NotNow("There is no way back.")
            entry["state"] = "playing"
            return _own(kept, me)

        @post(f"{ONE}/entries/{{entry_id:uuid}}/disqualification", status_code=200)
        async def disqualify(
            request: AuthRequest,
            tournament_id: FromPath[UUID],
            entry_id: FromPath[UUID],
            data: JSONBody[Json],
        ) -> Json:
            kept = self.desk(request, tournament_id)
            entry = next((each for each in kept.entries if each["id"] == str(entry_id)), None)
            if entry is None:
                raise NotEntered("They are not in it.")
            name, action = entry["name"], "disqualified" if kept.started else "removed"
            if not kept.started:
                kept.thrown_out.add(name)
                self._make_room(kept, entry)
            entry["state"] = "disqualified"
            self.note(tournament_id, action, self.me(request), subject=name, reason=data["reason"])
            return entry

        return [check_in, come_back, disqualify]

    def _record(self) -> Sequence[HTTPRouteHandler]:
        @get(f"{ONE}/audit")
        async def notes(
            request: AuthRequest,
            tournament_id: FromPath[UUID],
            limit: FromQuery[int],
            cursor: FromQuery[str] = "0",
        ) -> Json:
            kept = self.seen(tournament_id, self.reader(request))
            return page(kept.notes[::-1], limit, cursor)

        @get(f"{ONE}/events")
        async def events(request: AuthRequest, tournament_id: FromPath[UUID]) -> Response[bytes]:
            self.seen(tournament_id, self.reader(request))
            return Response(b"", media_type="text/event-stream")

        return [notes, events]

    def _shelf(self, show: str, reader: str | None) -> list[Kept]:
        """The newest first."""
        if show == "mine":
            return [
                kept
                for kept in reversed(self.all)
                if reader and (_organised(kept, reader) or kept.entry_of(reader))
            ]
        return [
            kept
            for kept in reversed(self.all)
            if (kept.shown["state"], kept.shown["visibility"], kept.shown["kind"])
            == (show, "public", "online")
        ]

    def _shown(self, kept: Kept, reader: str | None, invitation: str = "") -> Json:
        organised = _organised(kept, reader)
        asked = invitation or (kept.shown["invitation"] if organised else None)
        return {
            **kept.shown,
            "invitation": kept.shown["invitation"] if organised else None,
            "entries": sum(each["state"] in WITH_A_PLACE for each in kept.entries),
            "waiting": len(kept.in_line()),
            "checked_in": sum(each["checked_in"] for each in kept.entries),
            "organised": organised,
            "may_enter": reader is not None and self._lets_in(kept, reader, asked),
            "own": _own(kept, reader) if reader else None,
        }

    def _lets_in(self, kept: Kept, name: str, invitation: str | None) -> bool:
        try:
            self._may_enter(kept, name, invitation)
        except (Conflict, Forbidden):
            return False
        return self.auth.people[name].verified and kept.entry_of(name) is None

    def _may_enter(self, kept: Kept, name: str, invitation: str | None) -> None:
        swiss_goes_on = kept.shown["format"] == "swiss" and kept.shown["state"] == "running"
        if name in kept.thrown_out:
            raise Out("You are out.")
        if kept.shown["state"] != "open" and not swiss_goes_on:
            raise Closed("Nobody enters any more.")
        if kept.shown["visibility"] == "link" and invitation != kept.shown["invitation"]:
            raise InvitationNeeded("It is by invitation.")

    def _make_room(self, kept: Kept, entry: Json) -> None:
        kept.entries.remove(entry)
        line = kept.in_line()
        if line and entry["state"] == "entered":
            line[0] |= {"state": "entered", "seed": entry["seed"]}

    def _verified(self, request: AuthRequest) -> str:
        person = self.auth.session_of(request).person
        if not person.verified:
            raise NotVerified("Verify your address first.")
        return person.name

    def _id_of(self, name: str) -> UUID:
        return (self.auth.people.get(name) or self.auth.add_player(name, None)).id


def pairing(number: int, one: int | None, other: int | None, **values: object) -> Json:
    """A pairing as it is sent, waiting in the first round where nothing else is said."""
    return {
        "number": number,
        "section": "winners",
        "round": 1,
        "one": one,
        "other": other,
        "state": "waiting",
        **values,
    }


def page(found: list[Json], limit: int, cursor: str) -> Json:
    start = int(cursor)
    more = str(start + limit) if start + limit < len(found) else None
    return {"items": found[start : start + limit], "next_cursor": more}


def _organised(kept: Kept, reader: str | None) -> bool:
    organiser = kept.shown["organiser"]
    return reader is not None and organiser is not None and organiser["name"] == reader


def _own(kept: Kept, name: str) -> Json | None:
    entry = kept.entry_of(name)
    if entry is None:
        return None
    line = kept.in_line()
    return {
        **{part: entry[part] for part in ("id", "state", "checked_in", "seed", "place")},
        "line": line.index(entry) + 1 if entry in line else None,
    }


def _seeded_first(entry: Json) -> tuple[bool, int]:
    return entry["seed"] is None, entry["seed"] or 0


def _seed(kept: Kept, method: str, order: list[str]) -> None:
    """Random is backwards here: tests want to know what comes of it."""
    known = [each["id"] for each in kept.entries if each["state"] == "entered"]
    if set(order) - set(known) or len(set(order)) < len(order):
        raise InvalidFields(
            FieldError("order", "Somebody is in it twice, or is not in the tournament.")
        )
    ranks = {
        "manual": {entry_id: rank for rank, entry_id in enumerate(order)},
        "random": {entry_id: -rank for rank, entry_id in enumerate(known)},
        "rating": {each["id"]: -(each["rating"] or 0) for each in kept.entries},
    }[method]
    entered = [each for each in kept.entries if each["id"] in known]
    entered.sort(key=lambda each: ranks.get(each["id"], len(known)))
    for seed, entry in enumerate(entered, 1):
        entry["seed"] = seed
    kept.entries = [*entered, *kept.in_line()]


def _check(wish: Json) -> None:
    errors = list(_complaints(wish))
    if errors:
        raise InvalidFields(*errors)


def _complaints(wish: Json) -> Iterator[FieldError]:
    aliases = wish.get("aliases")
    if not 1 <= len(wish["name"]) <= LONGEST_NAME:
        yield FieldError("name", "Give it a name of at most 80 characters.")
    if wish["format"] == "round_robin" and wish["size"] > MOST_IN_ROUND_ROBIN:
        yield FieldError("size", "A round robin takes at most 32.")
    if wish.get("check_in_minutes") and not wish.get("starts_at"):
        yield FieldError("check_in_minutes", "A check-in needs a time of the start.")
    if aliases is not None and len({each.casefold() for each in aliases}) < len(aliases):
        yield FieldError("aliases", "Two of the names are the same.")
    if aliases is not None and not FEWEST <= len(aliases) <= MOST_ALIASES:
        yield FieldError("aliases", "Give 2 to 16 names.")
