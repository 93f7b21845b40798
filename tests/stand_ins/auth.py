"""Stands in for auth: accounts in memory, real ES256 tokens."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from time import time
from typing import Final
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt
from jose.backends.base import Key
from litestar import Litestar, post
from litestar.params import JSONBody

from tests.stand_ins.switch import Switch
from transcendence_common.problems import (
    Conflict,
    FieldError,
    InvalidFields,
    Problem,
    Unavailable,
    problem_details,
)
from ui.clients.auth import Credentials, RefreshToken, Registration, Tokens

KEY_ID: Final = "stand-in"
NAMESPACE: Final = UUID("018f0000-0000-7000-8000-000000000000")
ACCESS_SECONDS: Final = 600
SHORTEST_PASSWORD: Final = 8
SHORTEST_NAME: Final = 3
LONGEST_NAME: Final = 20


class NameTaken(Conflict):
    code = "username_taken"

    def __init__(self) -> None:
        message = "This name is taken. Choose another one."
        super().__init__(message, errors=(FieldError("username", message),))


class WrongCredentials(Problem):
    code = "wrong_credentials"
    status = 401


class SessionEnded(Problem):
    code = "session_ended"
    status = 401


class TooMany(Problem):
    code = "too_many_requests"
    status = 429


class StandInAuth:
    """Knows players by name; `limited` names the calls that it answers with 429."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._passwords: dict[str, str] = {}
        self._sessions: dict[str, str] = {}
        self.access_seconds = ACCESS_SECONDS
        self.limited: frozenset[str] = frozenset()
        self.keys_seen = False
        self.switch = Switch(self._app())

    async def find(self, kid: str) -> Key | None:
        """The source of public keys that a service would fetch from auth, and keep."""
        if self.switch.down and not self.keys_seen:
            raise Unavailable("The keys cannot be had.")
        self.keys_seen = True
        return jwk.construct(self._public_key(), "ES256") if kid == KEY_ID else None

    def add_player(self, name: str, password: str) -> None:
        self._passwords[name] = password

    def sign_in(self, name: str, *, access_seconds: int | None = None) -> Tokens:
        """A new session, as if the player had just signed in."""
        refresh_token = sha256(f"{name} {len(self._sessions)}".encode()).hexdigest()
        self._sessions[refresh_token] = name
        return self._tokens(name, refresh_token, access_seconds)

    def end_sessions(self) -> None:
        self._sessions.clear()

    def is_open(self, refresh_token: str) -> bool:
        return refresh_token in self._sessions

    def _tokens(self, name: str, refresh_token: str, seconds: int | None = None) -> Tokens:
        life = self.access_seconds if seconds is None else seconds
        now = int(time())
        player_id = str(uuid5(NAMESPACE, name))
        claims = {
            "iss": "transcendence",
            "aud": "transcendence",
            "sub": player_id,
            "name": name,
            "roles": [],
            "sid": str(uuid5(NAMESPACE, refresh_token)),
            "iat": now,
            "exp": now + life,
        }
        token = jwt.encode(claims, self._pem(), algorithm="ES256", headers={"kid": KEY_ID})
        return Tokens(token, refresh_token, max(life, 0))

    def _renew(self, refresh_token: str) -> Tokens:
        name = self._sessions.get(refresh_token)
        if name is None:
            raise SessionEnded("The session has ended.")
        # Always the same successor for the same token: parallel renewals agree.
        successor = sha256(refresh_token.encode()).hexdigest()
        self._sessions[successor] = name
        return self._tokens(name, successor)

    def _register(self, wanted: Registration) -> dict[str, str]:
        errors = []
        if not SHORTEST_NAME <= len(wanted.username) <= LONGEST_NAME:
            errors.append(FieldError("username", "Choose a name of 3 to 20 characters."))
        if "@" not in wanted.email:
            errors.append(
                FieldError(
                    "email", "This is not an e-mail address; it should look like name@example.org."
                )
            )
        if len(wanted.password) < SHORTEST_PASSWORD:
            errors.append(FieldError("password", "Choose a password of at least 8 characters."))
        if errors:
            raise InvalidFields(*errors)
        if wanted.username in self._passwords:
            raise NameTaken
        self.add_player(wanted.username, wanted.password)
        return {"id": str(uuid5(NAMESPACE, wanted.username)), "username": wanted.username}

    def _app(self) -> Litestar:
        @post("/api/user/register")
        async def register(data: JSONBody[Registration]) -> dict[str, str]:
            self._check_limit("register")
            return self._register(data)

        @post("/api/user/login", status_code=200)
        async def login(data: JSONBody[Credentials]) -> Tokens:
            self._check_limit("login")
            if self._passwords.get(data.username) != data.password:
                raise WrongCredentials("Name and password do not match.")
            return self.sign_in(data.username)

        @post("/api/user/refresh", status_code=200)
        async def refresh(data: JSONBody[RefreshToken]) -> Tokens:
            return self._renew(data.refresh_token)

        @post("/api/user/logout", status_code=204)
        async def logout(data: JSONBody[RefreshToken]) -> None:
            self._sessions.pop(data.refresh_token, None)

        handlers = [register, login, refresh, logout]
        return Litestar(handlers, plugins=[problem_details()], openapi_config=None)

    def _check_limit(self, call: str) -> None:
        if call in self.limited:
            raise TooMany("Slow down.", headers={"Retry-After": "17"})

    def _pem(self) -> str:
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def _public_key(self) -> dict[str, str]:
        numbers = self._key.public_key().public_numbers()
        x, y = (
            urlsafe_b64encode(value.to_bytes(32, "big")).decode().rstrip("=")
            for value in (numbers.x, numbers.y)
        )
        return {
            "kty": "EC",
            "crv": "P-256",
            "use": "sig",
            "alg": "ES256",
            "kid": KEY_ID,
            "x": x,
            "y": y,
        }
