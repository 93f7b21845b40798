"""Matches in the stand-in's tournaments: ready checks, corrections,
hotseat, match calls and placings."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import msgspec
from litestar import get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.tournament.tournaments import MatchCall, Placing
from tests.stand_ins.auth import NAMESPACE, AuthRequest
from tests.stand_ins.kept_tournaments import ADDRESS, ONE, Json, Kept, page
from tests.stand_ins.tournaments import StandInTournaments
from tournament.matchmaking.errors import StillPlaying
from tournament.pairings.errors import (
    LaterMatchBegun,
    NoSuchPairing,
    NotCalled,
    NotCorrectable,
    NotPlayedYet,
    NotStarted,
    NotYourPairing,
    WinnerNotInPairing,
)
from tournament.pairings.match_calls import with_actions
from tournament.tournaments.organiser_rules import check_correcting
from transcendence_common.problems import Unavailable

READY_FOR = timedelta(minutes=5)
PAIRING = f"{ONE}/pairings/{{number:int}}"


ELSEWHERE = uuid5(NAMESPACE, "a match elsewhere")


class StandInPairings:
    """A feature of the stand-in for tournament.

    Players in `busy` are in another match. A correction of a pairing in `followed` is refused,
    because the listed pairings have begun. `verified` has history's result of hotseat matches by
    pairing number: the winner's seed and both scores. `placings` are by name.
    """

    def __init__(self, tournaments: StandInTournaments) -> None:
        self.tournaments = tournaments
        self.reset()

    def reset(self) -> None:
        self.busy: set[str] = set()
        self.followed: dict[int, list[int]] = {}
        self.verified: dict[int, tuple[int, int, int]] = {}
        self.placings: dict[str, list[Json]] = {}
        self.history_is_away = False

    def __call__(self) -> Sequence[HTTPRouteHandler]:
        return [*self._bracket(), *self._corrections(), *self._hotseat(), *self._people()]

    def _bracket(self) -> Sequence[HTTPRouteHandler]:
        @get(f"{ONE}/bracket")
        async def show(request: AuthRequest, tournament_id: FromPath[UUID]) -> Json:
            kept = self.tournaments.seen(tournament_id, self.tournaments.reader(request))
            if not kept.started:
                raise NotStarted
            return bracket_of(kept)

        @post(f"{PAIRING}/ready", status_code=200)
        async def ready(
            request: AuthRequest, tournament_id: FromPath[UUID], number: FromPath[int]
        ) -> Json:
            me = self.tournaments.me(request)
            kept = self.tournaments.seen(tournament_id, me)
            found = _pairing(kept, number)
            if me not in {kept.name_of(found["one"]), kept.name_of(found["other"])}:
                raise NotYourPairing
            if me in self.busy:
                raise StillPlaying(ELSEWHERE)
            if found["state"] not in {"called", "playing"}:
                raise NotCalled
            found["one_ready" if me == kept.name_of(found["one"]) else "other_ready"] = True
            if found.get("one_ready") and found.get("other_ready"):
                match_id = str(uuid5(tournament_id, f"match {number}"))
                found |= {"state": "playing", "match_id": match_id}
            return found

        return [show, ready]

    def _corrections(self) -> Sequence[HTTPRouteHandler]:
        @put(f"{PAIRING}/correction")
        async def correct(
            request: AuthRequest,
            tournament_id: FromPath[UUID],
            number: FromPath[int],
            data: JSONBody[Json],
        ) -> Json:
            kept = self.tournaments.organised(request, tournament_id)
            check_correcting(kept.row(), datetime.now(UTC))
            found = _pairing(kept, number)
            if found["state"] != "over":
                raise NotCorrectable
            if number in self.followed:
                raise LaterMatchBegun(tuple(self.followed[number]))
            if data["winner"] not in {found["one"], found["other"], None}:
                raise WinnerNotInPairing
            found |= {"how": "decided", "winner": data["winner"] or 0}
            me = self.tournaments.me(request)
            subject = f"pairing {number}"
            self.tournaments.note(
                tournament_id, "corrected", me, subject=subject, reason=data["reason"]
            )
            return found

        return [correct]

    def _hotseat(self) -> Sequence[HTTPRouteHandler]:
        @post(f"{PAIRING}/ticket", status_code=200)
        async def ticket(
            request: AuthRequest, tournament_id: FromPath[UUID], number: FromPath[int]
        ) -> Json:
            kept = self.tournaments.organised(request, tournament_id)
            found = _pairing(kept, number)
            if found["state"] not in {"called", "playing"}:
                raise NotCalled
            found |= {"state": "playing", "match_id": str(uuid5(tournament_id, f"match {number}"))}
            return {
                "ticket": f"ticket-{number}",
                "match_id": found["match_id"],
                "seed": 4711,
                "rules": 1,
                "points": kept.shown["points"],
                "left_name": kept.name_of(found["one"]),
                "right_name": kept.name_of(found["other"]),
            }

        @post(f"{PAIRING}/result", status_code=200)
        async def result(
            request: AuthRequest, tournament_id: FromPath[UUID], number: FromPath[int]
        ) -> Json:
            found = _pairing(self.tournaments.organised(request, tournament_id), number)
            if self.history_is_away:
                raise Unavailable("History is not answering.")
            if number not in self.verified:
                raise NotPlayedYet
            winner, one_score, other_score = self.verified[number]
            found |= {
                "state": "over",
                "how": "played",
                "winner": winner,
                "one_score": one_score,
                "other_score": other_score,
            }
            return found

        return [ticket, result]

    def match_calls(self, me: str) -> list[Json]:
        return [
            _called(kept, each, me, ELSEWHERE if me in self.busy else None)
            for kept in self.tournaments.all
            if kept.shown["kind"] == "online"
            for each in kept.pairings
            if each["state"] in {"called", "playing"}
            and me in {kept.name_of(each["one"]), kept.name_of(each["other"])}
        ]

    def _people(self) -> Sequence[HTTPRouteHandler]:
        @get(f"{ADDRESS}/summons")
        async def match_calls(request: AuthRequest) -> list[Json]:
            return self.match_calls(self.tournaments.me(request))

        @get("/api/tournament/players/{player_id:uuid}/placings")
        async def placings(
            player_id: FromPath[UUID], limit: FromQuery[int], cursor: FromQuery[str] = "0"
        ) -> Json:
            people = self.tournaments.auth.people.values()
            names = [each.name for each in people if each.id == player_id]
            return page(self.placings.get(names[0], []) if names else [], limit, cursor, Placing)

        return [match_calls, placings]


def bracket_of(kept: Kept) -> Json:
    shown = kept.shown
    standings = kept.standings or [_standing(each["seed"], each["place"]) for each in _seeded(kept)]
    return {
        **{part: shown[part] for part in ("revision", "format", "state", "round")},
        "rounds": kept.rounds,
        "entrants": [
            {
                "entry_id": each["id"],
                **{part: each[part] for part in ENTRANT},
            }
            for each in _seeded(kept)
        ],
        "pairings": kept.pairings,
        "standings": standings,
    }


ENTRANT = ("seed", "player_id", "name", "rating", "state", "late", "place")


def _seeded(kept: Kept) -> list[Json]:
    seeded = [each for each in kept.entries if each["seed"]]
    return sorted(seeded, key=lambda each: int(each["seed"]))


def _standing(seed: int, place: int | None) -> Json:
    zeros = ("score", "wins", "losses", "direct", "buchholz", "sonneborn", "difference")
    return {"seed": seed, "place": place, **dict.fromkeys(zeros, 0)}


def _pairing(kept: Kept, number: int) -> Json:
    for each in kept.pairings:
        if each["number"] == number:
            return each
    raise NoSuchPairing


def _called(kept: Kept, pairing: Json, me: str, playing: UUID | None) -> Json:
    mine = "one" if kept.name_of(pairing["one"]) == me else "other"
    theirs = "other" if mine == "one" else "one"
    in_five_minutes = (datetime.now(UTC) + READY_FOR).isoformat()
    match_call = {
        "tournament_id": kept.shown["id"],
        "tournament_name": kept.shown["name"],
        **{part: pairing[part] for part in ("number", "round", "section")},
        "opponent": kept.name_of(pairing[theirs]),
        "ready": pairing.get(f"{mine}_ready", False),
        "opponent_ready": pairing.get(f"{theirs}_ready", False),
        "deadline": pairing.get("deadline") or in_five_minutes,
        "match_id": pairing.get("match_id"),
    }
    shown: Json = msgspec.to_builtins(with_actions(msgspec.convert(match_call, MatchCall), playing))
    return shown
