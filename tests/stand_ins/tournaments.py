"""Stands in for tournaments: their lists, and their life from draft to start."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from litestar import Response, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.tournament.tournaments import (
    AuditLogEntry,
    TournamentChange,
    TournamentSummary,
    TournamentWish,
)
from tests.stand_ins.auth import AuthRequest
from tests.stand_ins.kept_tournaments import (
    ADDRESS,
    MADE_AT,
    ONE,
    WITH_A_PLACE,
    Json,
    Kept,
    KeptTournaments,
    is_organiser,
    page,
)
from tests.stand_ins.tournament_entries import TournamentEntries, own_place
from tournament.lifecycle.aliases import parse_aliases
from tournament.lifecycle.plan import (
    current_settings,
    requested_settings,
    settings_after_change,
    validated_settings,
)
from tournament.tournaments.available_actions import TournamentForReader, actions_of
from tournament.tournaments.errors import SizeTooSmall
from tournament.tournaments.organiser_rules import (
    check_cancelling,
    check_change,
    check_opening,
    check_seeding,
    check_start,
)
from transcendence_common.problems import FieldError, InvalidFields


class StandInTournaments(KeptTournaments):
    """A feature of the stand-in for tournament."""

    def __call__(self) -> Sequence[HTTPRouteHandler]:
        return [
            *self._lists(),
            *self._one(),
            *self._steps(),
            *TournamentEntries(self)(),
            *self._record(),
        ]

    def _lists(self) -> Sequence[HTTPRouteHandler]:
        @post(ADDRESS)
        async def create(request: AuthRequest, data: JSONBody[Json]) -> Response[Json]:
            me = self.verified(request)
            key = request.headers["Idempotency-Key"]
            for kept in self.all:
                if kept.key == key and is_organiser(kept, me):
                    return Response(self._shown(kept, me), status_code=200)
            _check(msgspec.convert(data, TournamentWish))
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
            return page(found, limit, cursor, TournamentSummary)

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
            kept = self.organised(request, tournament_id)
            check_change(kept.row())
            if int(data.get("size") or kept.shown["size"]) < len(kept.entries):
                raise SizeTooSmall(len(kept.entries))
            plan = settings_after_change(
                current_settings(kept.row()), msgspec.convert(data, TournamentChange)
            )
            validated_settings(plan, kept.shown["kind"], datetime.now(UTC), new=data.keys())
            kept.shown |= data
            return self._shown(kept, self.me(request))

        return [one, change]

    def _steps(self) -> Sequence[HTTPRouteHandler]:
        @post(f"{ONE}/opening", status_code=200)
        async def open_entries(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json:
            kept = self.organised(request, tournament_id)
            if kept.shown["state"] != "open":
                check_opening(kept.row(), datetime.now(UTC))
            kept.shown["state"] = "open"
            return self._shown(kept, self.me(request))

        @post(f"{ONE}/start", status_code=200)
        async def start(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json:
            kept = self.organised(request, tournament_id)
            check_start(kept.row(), kept.counts().here)
            self.begin(tournament_id)
            return self._shown(kept, self.me(request))

        @post(f"{ONE}/cancellation", status_code=200)
        async def cancel(
            request: AuthRequest, tournament_id: FromPath[UUID], data: JSONBody[Json]
        ) -> Json:
            kept = self.organised(request, tournament_id)
            check_cancelling(kept.row())
            kept.shown |= {"state": "cancelled", "ended_at": MADE_AT.isoformat()}
            self.note(tournament_id, "cancelled", self.me(request), reason=data["reason"])
            return self._shown(kept, self.me(request))

        @put(f"{ONE}/seeding")
        async def seed(
            request: AuthRequest, tournament_id: FromPath[UUID], data: JSONBody[Json]
        ) -> list[Json]:
            kept = self.organised(request, tournament_id)
            check_seeding(kept.row())
            drawn = 4711 if data["method"] == "random" else None
            kept.shown |= {"seeding": data["method"], "seeding_number": drawn}
            _seed(kept, data["method"], data.get("order") or [])
            return kept.entries

        return [open_entries, start, cancel, seed]

    def _record(self) -> Sequence[HTTPRouteHandler]:
        @get(f"{ONE}/audit")
        async def notes(
            request: AuthRequest,
            tournament_id: FromPath[UUID],
            limit: FromQuery[int],
            cursor: FromQuery[str] = "0",
        ) -> Json:
            kept = self.seen(tournament_id, self.reader(request))
            return page(kept.notes[::-1], limit, cursor, AuditLogEntry)

        @get(f"{ONE}/events")
        async def events(request: AuthRequest, tournament_id: FromPath[UUID]) -> Response[bytes]:
            self.seen(tournament_id, self.reader(request))
            return Response(b"", media_type="text/event-stream")

        return [notes, events]

    def _shelf(self, show: str, reader: str | None) -> list[Kept]:
        """Return the listed tournaments, newest first."""
        if show == "mine":
            return [
                kept
                for kept in reversed(self.all)
                if reader and (is_organiser(kept, reader) or kept.entry_of(reader))
            ]
        return [
            kept
            for kept in reversed(self.all)
            if (kept.shown["state"], kept.shown["visibility"], kept.shown["kind"])
            == (show, "public", "online")
        ]

    def _shown(self, kept: Kept, reader: str | None, invitation: str = "") -> Json:
        organised = self.is_organised(kept, reader)
        counts = kept.counts()
        actions = actions_of(
            TournamentForReader(
                tournament=kept.row(),
                reader=self.player(reader),
                entry=kept.entry_row(reader),
                counts=counts,
                invitation=kept.shown["invitation"] if organised else invitation,
                now=datetime.now(UTC),
            )
        )
        return {
            **kept.shown,
            "invitation": kept.shown["invitation"] if organised else None,
            "entries": sum(each["state"] in WITH_A_PLACE for each in kept.entries),
            "waiting": counts.waiting,
            "checked_in": counts.checked_in,
            "organised": organised,
            "actions": msgspec.to_builtins(actions),
            "own": own_place(kept, reader) if reader else None,
        }


def _seed(kept: Kept, method: str, order: list[str]) -> None:
    """Seed the entries; the method `random` reverses them, so that tests know the result."""
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


def _check(wish: TournamentWish) -> None:
    """Apply the validation of the real service."""
    if wish.kind == "hotseat":
        parse_aliases(wish.aliases or ())
    validated_settings(requested_settings(wish), wish.kind, datetime.now(UTC))
