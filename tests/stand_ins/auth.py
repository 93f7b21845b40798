"""Stands in for auth: accounts in memory, real ES256 tokens. Features add further routes."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import time
from typing import Any, Final
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import JWTError, jwk, jwt
from jose.backends.base import Key
from litestar import Litestar, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from auth.accounts.errors import NameTaken, TooManyPasswords
from auth.app import create_app
from auth.sessions.errors import ConfirmationRequired, SessionOver, WrongCredentials
from auth.throttling.errors import TooManyAttempts
from contracts.auth.accounts import OwnAccount, Registration
from contracts.auth.sessions import Credentials, SecondFactorChallenge, TokenRenewal, Tokens
from services.auth.tests.service_under_test import settings_for
from tests.stand_ins.contract import ServiceContract
from tests.stand_ins.switch import Switch
from transcendence_common.problems import (
    FieldError,
    InvalidFields,
    NotSignedIn,
    Unavailable,
    problem_details,
)

NO_DATABASE: Final = "postgresql://not.used/auth"
KEY_ID: Final = "stand-in"
NAMESPACE: Final = UUID("018f0000-0000-7000-8000-000000000000")
ACCESS_SECONDS: Final = 600
SHORTEST_PASSWORD: Final = 8
SHORTEST_NAME: Final = 3
LONGEST_NAME: Final = 20
CHALLENGE_SECONDS: Final = 300
MADE_AT: Final = datetime(2026, 11, 24, 13, 52, tzinfo=UTC)
KEPT_UNTIL: Final = datetime(2026, 12, 1, 13, 52, tzinfo=UTC)
"""When an unverified account will be deleted."""


AuthRequest = Request[Any, Any, Any]
"""A request to a handler of the stand-in."""


@dataclass
class Person:
    """An account; `code` is the current code of its second factor, if it has one."""

    name: str
    password: str | None
    email: str
    verified: bool = True
    operator: bool = False
    code: str | None = None
    identities: set[str] = field(default_factory=set)
    pending_email: str | None = None

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, self.name)

    @property
    def roles(self) -> list[str]:
        return ["player"] * self.verified + ["admin"] * self.operator


@dataclass
class Session:
    id: UUID
    person: Person
    recent: bool = True


class StandInAuth:
    """A stand-in for auth with accounts by name. Calls named in `limited` answer 429; while
    `busy`, it signs no one in.

    Each feature adds handlers.
    """

    def __init__(self, *features: "Feature") -> None:
        private_key = ec.generate_private_key(ec.SECP256R1())
        self._key: Key = jwk.construct(_pem(private_key), "ES256")
        self._public_key: Key = self._key.public_key()
        handlers = [*self._handlers(), *(each for feature in features for each in feature(self))]
        app = Litestar(handlers, plugins=[problem_details()], openapi_config=None)
        self.switch = Switch(app, ServiceContract(create_app(settings_for(NO_DATABASE))))
        self.reset()

    def reset(self) -> None:
        """Forget all state except the handlers and the key."""
        self.switch.reset()
        self._sessions: dict[str, Session] = {}
        self.people: dict[str, Person] = {}
        self.challenges: dict[str, Person] = {}
        self.wrong_codes: Counter[str] = Counter()
        self.access_seconds = ACCESS_SECONDS
        self.limited: frozenset[str] = frozenset()
        self.busy = False
        self.keys_seen = False

    async def find(self, kid: str) -> Key | None:
        """Return a public key, as a key source that fetches keys from auth and caches them."""
        if self.switch.down and not self.keys_seen:
            raise Unavailable("The keys cannot be had.")
        self.keys_seen = True
        return self._public_key if kid == KEY_ID else None

    def add_player(self, name: str, password: str | None, *, verified: bool = True) -> Person:
        person = Person(name, password, f"{name.lower()}@example.org", verified)
        self.people[name] = person
        return person

    def sign_in(self, name: str, *, access_seconds: int | None = None) -> Tokens:
        """Start a new session, as if the player had just signed in."""
        person = self.people.get(name) or self.add_player(name, None)
        refresh_token = sha256(f"{name} {len(self._sessions)}".encode()).hexdigest()
        session = Session(uuid5(NAMESPACE, refresh_token), person)
        self._sessions[refresh_token] = session
        return self._tokens(session, refresh_token, access_seconds)

    def admit(self, person: Person) -> Tokens | Response[SecondFactorChallenge]:
        """Answer a player who has proved one factor: with tokens, or with 202 and
        a challenge for the second."""
        if person.code is None:
            return self.sign_in(person.name)
        challenge = f"challenge-{len(self.challenges)}"
        self.challenges[challenge] = person
        return Response(SecondFactorChallenge(challenge, CHALLENGE_SECONDS), status_code=202)

    def session_of(self, request: AuthRequest) -> Session:
        """Return the open session of a call.

        Raises:
            NotSignedIn: the call has no valid token.
            SessionOver: the session has ended.
        """
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, self._public_key, "ES256", audience="transcendence")
        except JWTError as error:
            raise NotSignedIn from error
        for session in self._sessions.values():
            if str(session.id) == claims["sid"]:
                return session
        raise SessionOver

    def recent_session_of(self, request: AuthRequest) -> Session:
        """Return the open session of a player who has authenticated recently.

        Raises:
            ConfirmationRequired: the last authentication is too long ago.
        """
        session = self.session_of(request)
        if not session.recent:
            raise ConfirmationRequired
        return session

    def let_time_pass(self) -> None:
        """Make all sessions so old that their players have to reauthenticate."""
        for session in self._sessions.values():
            session.recent = False

    def end_sessions(self) -> None:
        self._sessions.clear()

    def is_open(self, refresh_token: str) -> bool:
        return refresh_token in self._sessions

    def check_limit(self, call: str) -> None:
        if call in self.limited:
            raise TooManyAttempts(timedelta(seconds=17))

    def _tokens(self, session: Session, refresh_token: str, seconds: int | None = None) -> Tokens:
        life = self.access_seconds if seconds is None else seconds
        now = int(time())
        claims = {
            "iss": "transcendence",
            "aud": "transcendence",
            "sub": str(session.person.id),
            "name": session.person.name,
            "roles": session.person.roles,
            "sid": str(session.id),
            "iat": now,
            "exp": now + life,
        }
        token = jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": KEY_ID})
        return Tokens(token, refresh_token, "Bearer", max(life, 0))

    def _renew(self, refresh_token: str) -> Tokens:
        session = self._sessions.get(refresh_token)
        if session is None:
            raise SessionOver
        # The successor of a token is always the same, so parallel renewals agree.
        successor = sha256(refresh_token.encode()).hexdigest()
        self._sessions[successor] = session
        return self._tokens(session, successor)

    def _register(self, wanted: Registration) -> dict[str, str]:
        errors = []
        if not SHORTEST_NAME <= len(wanted.username) <= LONGEST_NAME:
            errors.append(FieldError("username", "Choose a name of 3 to 20 characters."))
        if "@" not in wanted.email:
            errors.append(FieldError("email", "Enter an email address such as name@example.org."))
        errors += password_errors(wanted.password)
        if errors:
            raise InvalidFields(*errors)
        if wanted.username in self.people:
            raise NameTaken(wanted.username)
        person = self.add_player(wanted.username, wanted.password, verified=False)
        return {"id": str(person.id), "username": person.name}

    def _handlers(self) -> list[HTTPRouteHandler]:
        @post("/api/user/register")
        async def register(data: JSONBody[Registration]) -> dict[str, str]:
            self.check_limit("register")
            return self._register(data)

        @post("/api/user/login", status_code=200)
        async def login(data: JSONBody[Credentials]) -> Tokens | Response[SecondFactorChallenge]:
            self.check_limit("login")
            if self.busy:
                raise TooManyPasswords
            person = self.people.get(data.username)
            if person is None or person.password != data.password:
                raise WrongCredentials
            return self.admit(person)

        @post("/api/user/refresh", status_code=200)
        async def refresh(data: JSONBody[TokenRenewal]) -> Tokens:
            return self._renew(data.refresh_token)

        @post("/api/user/logout", status_code=204)
        async def logout(data: JSONBody[TokenRenewal]) -> None:
            self._sessions.pop(data.refresh_token, None)

        @get("/api/user/me")
        async def me(request: AuthRequest) -> OwnAccount:
            return own_account(self.session_of(request).person)

        return [register, login, refresh, logout, me]


Feature = Callable[[StandInAuth], Sequence[HTTPRouteHandler]]


def own_account(person: Person) -> OwnAccount:
    return OwnAccount(
        id=person.id,
        username=person.name,
        display_name=person.name,
        email=person.email,
        email_verified=person.verified,
        roles=person.roles,
        created_at=MADE_AT,
        has_password=person.password is not None,
        two_factor=person.code is not None,
        pending_email=person.pending_email,
        expires_at=None if person.verified else KEPT_UNTIL,
        avatar=None,
    )


def password_errors(password: str) -> list[FieldError]:
    if len(password) >= SHORTEST_PASSWORD:
        return []
    return [FieldError("password", "Choose a password of at least 8 characters.")]


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
