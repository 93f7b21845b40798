"""Relationships of players at the stand-in for auth: profiles, search, friends, blocks."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from auth.accounts.errors import NoSuchPlayer
from auth.friends.errors import BlockedByYou, NoSuchRequest, TooManyOpenRequests, Yourself
from tests.stand_ins.auth import MADE_AT, AuthRequest, Person, StandInAuth
from tests.stand_ins.own_account import Json, OwnAccounts
from transcendence_common.problems import NotSignedIn

MIRRORED: Final = {"incoming": "outgoing", "outgoing": "incoming", "friends": "friends"}


class Relationships:
    """A feature of the stand-in. `ties` has what the second player is to the first; players in
    `online` are connected."""

    def __init__(self, accounts: OwnAccounts) -> None:
        self.accounts = accounts
        self.reset()

    def reset(self) -> None:
        self.relationships: dict[tuple[str, str], str] = {}
        self.online: set[str] = set()
        self.requests_open = 0

    def relate(self, one: str, other: str, relation: str) -> None:
        self.relationships[one, other] = relation
        if relation in MIRRORED:
            self.relationships[other, one] = MIRRORED[relation]

    def relation(self, one: str, other: str) -> str:
        return self.relationships.get((one, other), "none")

    def part(self, one: str, other: str) -> None:
        for pair in ((one, other), (other, one)):
            if self.relationships.get(pair) != "blocked":
                self.relationships.pop(pair, None)

    def __call__(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        return [*self._players(auth), *self._friends(auth), *self._partings(auth)]

    def _players(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @get("/api/user/players/{username:str}")
        async def profile(request: AuthRequest, username: FromPath[str]) -> Json:
            looker = _visitor(auth, request)
            person = _find(auth, username)
            own = looker is None or looker.name == person.name
            return {
                **self._person(person),
                "bio": self.accounts.profile(person)["bio"],
                "created_at": MADE_AT.isoformat(),
                "relation": None if own or looker is None else self.relation(looker.name, username),
            }

        @get("/api/user/players")
        async def search(
            request: AuthRequest,
            wanted: Annotated[str, QueryParameter(name="query")],
            limit: FromQuery[int],
        ) -> Json:
            me = auth.session_of(request).person.name
            found = [
                {**self._person(person), "relation": self.relation(me, person.name)}
                for person in auth.people.values()
                if wanted.lower() in person.name.lower() and person.name != me
            ]
            return {"items": found[:limit], "next_cursor": "1" if len(found) > limit else None}

        return [profile, search]

    def _friends(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @get("/api/user/friends")
        async def everybody(request: AuthRequest) -> Json:
            me = auth.session_of(request).person.name
            return {
                name: [
                    self._entry(auth.people[other], with_presence=name == "friends")
                    for (one, other), relation in self.relationships.items()
                    if (one, relation) == (me, name)
                ]
                for name in ("friends", "incoming", "outgoing", "blocked")
            }

        @post("/api/user/friends/{username:str}", status_code=200)
        async def ask(request: AuthRequest, username: FromPath[str]) -> Json:
            me = auth.session_of(request).person.name
            if self.requests_open:
                raise TooManyOpenRequests(self.requests_open)
            other = _find(auth, username).name
            if other == me:
                raise Yourself
            present = self.relation(me, other)
            if present == "blocked":
                raise BlockedByYou
            if present == "incoming":
                self.relate(me, other, "friends")
            elif present == "none":
                self.relate(me, other, "outgoing")
            return {"relation": self.relation(me, other)}

        @post("/api/user/friends/{username:str}/accept", status_code=200)
        async def accept(request: AuthRequest, username: FromPath[str]) -> Json:
            me = auth.session_of(request).person.name
            if self.relation(me, username) != "incoming":
                raise NoSuchRequest
            self.relate(me, username, "friends")
            return {"relation": "friends"}

        return [everybody, ask, accept]

    def _partings(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @delete("/api/user/friends/{username:str}")
        async def part(request: AuthRequest, username: FromPath[str]) -> None:
            me = auth.session_of(request).person.name
            self.part(me, _find(auth, username).name)

        @put("/api/user/blocks/{username:str}", status_code=204)
        async def block(request: AuthRequest, username: FromPath[str]) -> None:
            me = auth.session_of(request).person.name
            self.part(me, _find(auth, username).name)
            self.relate(me, username, "blocked")

        @delete("/api/user/blocks/{username:str}")
        async def unblock(request: AuthRequest, username: FromPath[str]) -> None:
            self.relationships.pop((auth.session_of(request).person.name, username), None)

        return [part, block, unblock]

    def _entry(self, person: Person, *, with_presence: bool) -> Json:
        presence = {"online": person.name in self.online} if with_presence else {}
        return {"person": self._person(person), "since": MADE_AT.isoformat(), **presence}

    def _person(self, person: Person) -> dict[str, Any]:
        shown = self.accounts.profile(person)
        return {
            "id": str(person.id),
            "username": person.name,
            "display_name": shown["display_name"],
            "avatar": shown["avatar"],
        }


def _visitor(auth: StandInAuth, request: AuthRequest) -> Person | None:
    try:
        return auth.session_of(request).person
    except NotSignedIn:
        return None


def _find(auth: StandInAuth, username: str) -> Person:
    for name, person in auth.people.items():
        if name.lower() == username.lower():
            return person
    raise NoSuchPlayer
