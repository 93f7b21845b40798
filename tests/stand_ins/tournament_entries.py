"""Stands in for entering and leaving a tournament, checking in, and disqualification."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.tournament.tournaments import EntryDetails
from tests.stand_ins.auth import AuthRequest
from tests.stand_ins.kept_tournaments import ONE, Json, Kept, KeptTournaments, page
from tournament.tournaments.entry_rules import check_check_in, check_entering, check_return
from tournament.tournaments.errors import NoSuchEntry, NotEntered
from tournament.tournaments.organiser_rules import check_disqualifying


@dataclass
class TournamentEntries:
    """A feature of the stand-in for tournament."""

    tournaments: KeptTournaments

    def __call__(self) -> Sequence[HTTPRouteHandler]:
        return [*self._entries(), *self._presence()]

    def _entries(self) -> Sequence[HTTPRouteHandler]:
        @get(f"{ONE}/entries")
        async def listed(
            request: AuthRequest,
            tournament_id: FromPath[UUID],
            limit: FromQuery[int],
            cursor: FromQuery[str] = "0",
        ) -> Json:
            kept = self.tournaments.seen(tournament_id, self.tournaments.reader(request))
            return page(sorted(kept.entries, key=_seeded_first), limit, cursor, EntryDetails)

        @post(f"{ONE}/entries")
        async def enter(
            request: AuthRequest, tournament_id: FromPath[UUID], data: JSONBody[Json]
        ) -> Response[Json | None]:
            me = self.tournaments.verified(request)
            kept = self.tournaments.seen(tournament_id, me)
            if kept.entry_of(me):
                return Response(own_place(kept, me), status_code=200)
            check_entering(
                kept.row(),
                kept.entry_row(me),
                playing=kept.counts().playing,
                invitation=data["invitation"],
                now=datetime.now(UTC),
            )
            self.tournaments.enter(tournament_id, me)
            return Response(own_place(kept, me), status_code=201)

        @delete(f"{ONE}/entries/own")
        async def leave(request: AuthRequest, tournament_id: FromPath[UUID]) -> None:
            me = self.tournaments.me(request)
            kept = self.tournaments.seen(tournament_id, me)
            entry = kept.entry_of(me)
            if entry and kept.started:
                entry["state"] = "withdrawn"
            elif entry:
                _make_room(kept, entry)

        return [listed, enter, leave]

    def _presence(self) -> Sequence[HTTPRouteHandler]:
        @post(f"{ONE}/check-in", status_code=200)
        async def check_in(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json | None:
            me = self.tournaments.me(request)
            kept = self.tournaments.seen(tournament_id, me)
            entry, row = kept.entry_of(me), kept.entry_row(me)
            if entry is None or row is None:
                raise NotEntered
            check_check_in(kept.row(), row, datetime.now(UTC))
            entry["checked_in"] = True
            return own_place(kept, me)

        @post(f"{ONE}/return", status_code=200)
        async def come_back(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json | None:
            me = self.tournaments.me(request)
            kept = self.tournaments.seen(tournament_id, me)
            entry, row = kept.entry_of(me), kept.entry_row(me)
            if entry is None or row is None:
                raise NotEntered
            check_return(kept.row(), row)
            entry["state"] = "playing"
            return own_place(kept, me)

        @post(f"{ONE}/entries/{{entry_id:uuid}}/disqualification", status_code=200)
        async def disqualify(
            request: AuthRequest,
            tournament_id: FromPath[UUID],
            entry_id: FromPath[UUID],
            data: JSONBody[Json],
        ) -> Json:
            kept = self.tournaments.organised(request, tournament_id)
            entry = next((each for each in kept.entries if each["id"] == str(entry_id)), None)
            if entry is None:
                raise NoSuchEntry
            check_disqualifying(kept.row())
            name, action = entry["name"], "disqualified" if kept.started else "removed"
            if not kept.started:
                kept.thrown_out.add(name)
                _make_room(kept, entry)
            entry["state"] = "disqualified"
            self.tournaments.note(
                tournament_id,
                action,
                self.tournaments.me(request),
                subject=name,
                reason=data["reason"],
            )
            return entry

        return [check_in, come_back, disqualify]


def own_place(kept: Kept, name: str) -> Json | None:
    entry = kept.entry_of(name)
    if entry is None:
        return None
    line = kept.in_line()
    return {
        **{part: entry[part] for part in ("id", "state", "checked_in", "seed", "place")},
        "line": line.index(entry) + 1 if entry in line else None,
    }


def _make_room(kept: Kept, entry: Json) -> None:
    kept.entries.remove(entry)
    line = kept.in_line()
    if line and entry["state"] == "entered":
        line[0] |= {"state": "entered", "seed": entry["seed"]}


def _seeded_first(entry: Json) -> tuple[bool, int]:
    return entry["seed"] is None, entry["seed"] or 0
