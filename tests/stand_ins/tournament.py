"""Stands in for tournament: a queue, invitations and matches in memory, without any play."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec
from litestar import Litestar, Response, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.tournament.live import LiveMatchSummary
from services.tournament.tests.service_under_test import settings_for
from tests.stand_ins.auth import NAMESPACE, AuthRequest, StandInAuth
from tests.stand_ins.contract import ServiceContract
from tests.stand_ins.kept_tournaments import page
from tests.stand_ins.switch import Switch
from tournament.app import create_app
from tournament.live.errors import NoSuchMatch, NoUnfinishedMatch
from tournament.matchmaking.errors import (
    AlreadyInvited,
    InvitationOver,
    NoSuchFriend,
    NoSuchInvitation,
    NotQueued,
    OwnInvitation,
    StillPlaying,
)
from tournament.matchmaking.invitations import actions_of
from tournament.matchmaking.models import Invitation
from tournament.verified import VERIFIED_ROLE, NotVerified
from transcendence_common.identity import Player
from transcendence_common.problems import problem_details

Json = dict[str, Any]
"""An object as tournament sends it."""

STARTED_AT: Final = datetime(2026, 11, 24, 13, 52, tzinfo=UTC)
OPEN_FOR: Final = timedelta(minutes=10)
SECONDS_WAITED: Final = 84


class StandInTournament:
    """A stand-in for tournament with the players of the stand-in for auth. Invitations to a name in
    `strangers` are refused.

    Each feature adds handlers.
    """

    def __init__(
        self, auth: StandInAuth, *features: Callable[[], Sequence[HTTPRouteHandler]]
    ) -> None:
        self.auth = auth
        more = [handler for feature in features for handler in feature()]
        handlers = [*self._queue(), *self._invitations(), *self._matches(), *more]
        app = Litestar(handlers, plugins=[problem_details()], openapi_config=None)
        self.switch = Switch(app, ServiceContract(create_app(settings_for())))
        self.reset()

    def reset(self) -> None:
        self.switch.reset()
        self.queue: dict[str, Json] = {}
        self.matches: list[Json] = []
        self.invitations: list[Json] = []
        self.strangers: set[str] = set()

    def add_match(self, left: str, right: str, state: str = "running", **values: object) -> UUID:
        match_id = uuid5(NAMESPACE, f"live match {len(self.matches)}")
        self.matches.append(
            {
                "id": str(match_id),
                "state": state,
                "origin": "queue",
                "tournament_id": None,
                "points": 7,
                "rated": True,
                "left": self._contender(left),
                "right": self._contender(right),
                "left_score": 3,
                "right_score": 2,
                "winner": "left" if state == "finished" else None,
                "forfeited_by": None,
                "delay": 2,
                "left_late": 0,
                "right_late": 1,
                "left_rtt_ms": 18,
                "right_rtt_ms": 24,
                "started_at": STARTED_AT.isoformat(),
                "ended_at": STARTED_AT.isoformat() if state in {"finished", "void"} else None,
                **values,
            }
        )
        return match_id

    def invite(
        self, sender: str, to: str | None = None, *, points: int = 7, rated: bool = True
    ) -> UUID:
        invitation_id = uuid5(NAMESPACE, f"invitation {len(self.invitations)}")
        self.invitations.append(
            {
                "id": str(invitation_id),
                "inviter": self._contender(sender),
                "invitee": self._contender(to) if to else None,
                "points": points,
                "rated": rated,
                "created_at": STARTED_AT.isoformat(),
                "expires_at": (STARTED_AT + OPEN_FOR).isoformat(),
                "state": "open",
                "match_id": None,
            }
        )
        return invitation_id

    def _queue(self) -> Sequence[HTTPRouteHandler]:
        @put("/api/tournament/queue", status_code=200)
        async def join(request: AuthRequest, data: JSONBody[Json]) -> Json:
            me = self._verified(request)
            if playing := self.match_of(me):
                raise StillPlaying(UUID(playing["id"]))
            since = datetime.now(UTC) - timedelta(seconds=SECONDS_WAITED)
            self.queue[me] = {
                **data,
                "state": "waiting",
                "rating": 1512.4,
                "deviation": 61.2,
                "provisional": False,
                "since": since.isoformat(),
                "reach": 150,
            }
            return self.queue[me]

        @get("/api/tournament/queue")
        async def place(request: AuthRequest) -> Json:
            me = self._me(request)
            if me not in self.queue:
                raise NotQueued
            return self.queue[me]

        @delete("/api/tournament/queue")
        async def leave(request: AuthRequest) -> None:
            self.queue.pop(self._me(request), None)

        return [join, place, leave]

    def _invitations(self) -> Sequence[HTTPRouteHandler]:
        @post("/api/tournament/invitations")
        async def invite(request: AuthRequest, data: JSONBody[Json]) -> Json:
            me = self._verified(request)
            to = self._name_of(data["to"]) if data["to"] else None
            if to in self.strangers:
                raise NoSuchFriend
            if to and any(self._is_open(each, me, to) for each in self.invitations):
                raise AlreadyInvited
            self.invite(me, to, points=data["points"], rated=data["rated"])
            return self._shown(self.invitations[-1], me)

        @get("/api/tournament/invitations")
        async def all_of_them(request: AuthRequest) -> Json:
            return self.open_invitations(self._me(request))

        @get("/api/tournament/invitations/{invitation_id:uuid}")
        async def one(request: AuthRequest, invitation_id: FromPath[UUID]) -> Json:
            me = self._me(request)
            return self._shown(self._invitation(invitation_id, me), me)

        @post("/api/tournament/invitations/{invitation_id:uuid}/acceptance")
        async def accept(request: AuthRequest, invitation_id: FromPath[UUID]) -> Json:
            me = self._verified(request)
            invitation = self._invitation(invitation_id, me)
            if invitation["inviter"]["name"] == me:
                raise OwnInvitation
            if playing := self.match_of(me):
                raise StillPlaying(UUID(playing["id"]))
            match_id = self.add_match(invitation["inviter"]["name"], me, "waiting")
            invitation |= {"state": "accepted", "match_id": str(match_id)}
            return {"match_id": str(match_id)}

        @delete("/api/tournament/invitations/{invitation_id:uuid}")
        async def end(request: AuthRequest, invitation_id: FromPath[UUID]) -> None:
            me = self._me(request)
            self._sent_or_received(invitation_id, me)["state"] = "over"

        return [invite, all_of_them, one, accept, end]

    def open_invitations(self, me: str) -> Json:
        still_open = [each for each in self.invitations if each["state"] == "open"]
        return {
            "incoming": [
                self._shown(each, me)
                for each in still_open
                if (each["invitee"] or {}).get("name") == me
            ],
            "outgoing": [
                self._shown(each, me) for each in still_open if each["inviter"]["name"] == me
            ],
        }

    def _matches(self) -> Sequence[HTTPRouteHandler]:
        @get("/api/tournament/matches/current")
        async def current(request: AuthRequest) -> Json:
            match = self.match_of(self._me(request))
            if match is None:
                raise NoUnfinishedMatch
            return {"match_id": match["id"]}

        @get("/api/tournament/matches")
        async def running(limit: FromQuery[int], cursor: FromQuery[str] = "0") -> Json:
            on = [match for match in self.matches if match["state"] == "running"]
            return page(on, limit, cursor, LiveMatchSummary)

        @get("/api/tournament/matches/{match_id:uuid}")
        async def one(match_id: FromPath[UUID]) -> Json:
            for match in self.matches:
                if match["id"] == str(match_id):
                    return match
            raise NoSuchMatch(match_id)

        @get("/api/tournament/events")
        async def events(request: AuthRequest) -> Response[bytes]:
            self._me(request)
            return Response(b"", media_type="text/event-stream")

        return [current, running, one, events]

    def _me(self, request: AuthRequest) -> str:
        return self.auth.session_of(request).person.name

    def _verified(self, request: AuthRequest) -> str:
        person = self.auth.session_of(request).person
        if not person.verified:
            raise NotVerified
        return person.name

    def match_of(self, name: str) -> Json | None:
        for match in self.matches:
            if match["state"] in {"waiting", "running"} and name in {
                match["left"]["name"],
                match["right"]["name"],
            }:
                return match
        return None

    def _invitation(self, invitation_id: UUID, me: str) -> Json:
        invitation = self._sent_or_received(invitation_id, me)
        if invitation["state"] == "over":
            raise InvitationOver
        return invitation

    def _sent_or_received(self, invitation_id: UUID, me: str) -> Json:
        for each in self.invitations:
            invitee = each["invitee"]
            others = invitee and me not in {invitee["name"], each["inviter"]["name"]}
            if each["id"] == str(invitation_id) and not others:
                return each
        raise NoSuchInvitation

    def _shown(self, invitation: Json, me: str) -> Json:
        """Add the actions that the reader may take, by the rules of the tournament service."""
        person, invitee, playing = self.auth.people[me], invitation["invitee"], self.match_of(me)
        row = Invitation(
            from_id=UUID(invitation["inviter"]["id"]),
            to_id=UUID(invitee["id"]) if invitee else None,
            match_id=invitation["match_id"],
        )
        reader = Player(
            person.id, me, frozenset({VERIFIED_ROLE} if person.verified else ()), person.id
        )
        actions = list(actions_of(row, reader, UUID(playing["id"]) if playing else None))
        return {**invitation, "actions": msgspec.to_builtins(actions)}

    def _is_open(self, invitation: Json, sender: str, to: str) -> bool:
        return (
            invitation["state"] == "open"
            and invitation["inviter"]["name"] == sender
            and (invitation["invitee"] or {}).get("name") == to
        )

    def _name_of(self, player_id: str) -> str:
        return next(name for name, each in self.auth.people.items() if str(each.id) == player_id)

    def _contender(self, name: str) -> Json:
        person = self.auth.people.get(name) or self.auth.add_player(name, None)
        return {"id": str(person.id), "name": name}
