"""Stands in for 42, GitHub and an OpenID provider on a real socket. It is
honest unless told to lie.

Lies are set per path and replace the answer there. `agree` plays the part of a
browser whose user consents.
"""

import asyncio
import hashlib
import json
import secrets
import socket
import threading
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Coroutine, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import uvicorn

from tests.fixtures.ports import HOST, free_ports

CLIENT_ID: Final = "transcendence"
CLIENT_SECRET: Final = "a-secret-of-tests"

GITHUB_TOKEN: Final = "/login/oauth/access_token"
GITHUB_USER: Final = "/api/v3/user"
GITHUB_EMAILS: Final = "/api/v3/user/emails"
FORTY_TWO_TOKEN: Final = "/oauth/token"
FORTY_TWO_ME: Final = "/v2/me"
OPENID_DOCUMENT: Final = "/.well-known/openid-configuration"
OPENID_TOKEN: Final = "/openid/token"
OPENID_USERINFO: Final = "/openid/userinfo"

STOP_SECONDS: Final = 5
STAYS_OPEN_SECONDS: Final = 600
CHUNK: Final = b" " * 64 * 1024

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Lie = Callable[[Send], Awaitable[None]]
Json = dict[str, Any] | list[Any] | str | int | None


@dataclass
class ProviderPerson:
    """A person with an account at all of the providers."""

    id: int
    login: str
    email: str | None = None
    verified: bool = True


@dataclass
class _Code:
    person: ProviderPerson
    redirect_uri: str
    challenge: str
    nonce: str


@dataclass
class StandInProviders:
    """Stand-ins for all providers. `url` is the base address of each; `asked`
    records the requested paths."""

    lies: dict[str, Lie] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    id_claims: dict[str, Json] = field(default_factory=dict)
    """Claims that override those of the ID token."""

    def __post_init__(self) -> None:
        [self._port] = free_ports(1)
        self._codes: dict[str, _Code] = {}
        self._tokens: dict[str, ProviderPerson] = {}

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def agree(self, authorization_url: str, person: ProviderPerson) -> dict[str, str]:
        """Return the parameters that the browser brings back after its user has consented."""
        query = {
            name: values[0] for name, values in parse_qs(urlsplit(authorization_url).query).items()
        }
        assert authorization_url.startswith(self.url)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self._codes[code] = _Code(
            person, query["redirect_uri"], query["code_challenge"], query.get("nonce", "")
        )
        return {"code": code, "state": query["state"]}

    def document(self) -> dict[str, Json]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/openid/authorize",
            "token_endpoint": self.url + OPENID_TOKEN,
            "userinfo_endpoint": self.url + OPENID_USERINFO,
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    @contextmanager
    def running(self) -> Iterator["StandInProviders"]:
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            lifespan="off",
            log_level="critical",
            ws="none",
            # A client may be seconds late on a busy machine and must
            # still find its connection open.
            timeout_keep_alive=STAYS_OPEN_SECONDS,
        )
        server = uvicorn.Server(config)
        listener = socket.create_server((HOST, self._port))
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            server.should_exit = server.force_exit = True
            thread.join(STOP_SECONDS)
            listener.close()
            assert not thread.is_alive(), "the stand-in does not stop"

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        self.asked.append(path)
        body = await _body(receive)
        if path in self.lies:
            await self.lies[path](send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, answer = self._honest(path, body, headers.get("authorization", ""))
        await _send(send, status, json.dumps(answer).encode())

    def _honest(self, path: str, body: bytes, authorization: str) -> tuple[int, Json]:
        match path:
            case "/login/oauth/access_token":
                code = self._take_code(body)
                # GitHub answers 200 even to failures here.
                return 200, self._token(code) if code else {"error": "bad_verification_code"}
            case "/oauth/token" | "/openid/token":
                code = self._take_code(body)
                return (200, self._token(code)) if code else (400, {"error": "invalid_grant"})
            case "/.well-known/openid-configuration":
                return 200, self.document()
        person = self._tokens.get(authorization.removeprefix("Bearer "))
        if person is None:
            return 401, {"message": "Bad credentials"}
        return 200, self._profile(path, person)

    def _take_code(self, body: bytes) -> _Code | None:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        code = self._codes.pop(form["code"], None)
        if (
            code is None
            or (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET)
            or form["redirect_uri"] != code.redirect_uri
            or _text(hashlib.sha256(form["code_verifier"].encode()).digest()) != code.challenge
        ):
            return None
        return code

    def _token(self, code: _Code) -> dict[str, Json]:
        token = secrets.token_urlsafe()
        self._tokens[token] = code.person
        claims = {
            "iss": self.url,
            "sub": str(code.person.id),
            "aud": CLIENT_ID,
            "nonce": code.nonce,
            **self.id_claims,
        }
        id_token = ".".join(_text(json.dumps(part).encode()) for part in ({"alg": "RS256"}, claims))
        return {"access_token": token, "token_type": "bearer", "id_token": f"{id_token}.unchecked"}

    def _profile(self, path: str, person: ProviderPerson) -> Json:
        match path:
            case "/api/v3/user":
                # A public e-mail address need not be verified.
                return {"id": person.id, "login": person.login, "email": "on-show@example.org"}
            case "/api/v3/user/emails":
                others = [{"email": "other@example.org", "primary": False, "verified": True}]
                own = [{"email": person.email, "primary": True, "verified": person.verified}]
                return others + own if person.email else others
            case "/v2/me":
                return {
                    "id": person.id,
                    "login": person.login,
                    "email": person.email,
                    "kind": "student",
                }
        return {
            "sub": str(person.id),
            "email": person.email,
            "email_verified": person.verified,
            "given_name": person.login,
        }


def says(answer: Json, status: int = 200) -> Lie:
    """Answer with another object."""
    return raw(json.dumps(answer).encode(), status)


def raw(body: bytes, status: int = 200, **headers: str) -> Lie:
    """Answer with bytes that need not be JSON."""

    async def lie(send: Send) -> None:
        await _send(send, status, body, **headers)

    return lie


def meanwhile(happens: Callable[[], Coroutine[None, None, None]], then: Lie) -> Lie:
    """Answer after a callback has run in the test's own event loop, from which this is called."""
    tests_loop = asyncio.get_running_loop()

    async def lie(send: Send) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(happens(), tests_loop))
        await then(send)

    return lie


async def endless(send: Send) -> None:
    """Answer with an endless body."""
    await _start(send, 200)
    for _ in range(10_000):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        # Otherwise the server would not notice that the reader has gone, and would
        # log a problem for each chunk.
        await asyncio.sleep(0)


async def dribbling(send: Send) -> None:
    """Send an answer so slowly that no read times out, although it never ends."""
    await _start(send, 200)
    for _ in range(100):
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(0.1)


async def _send(send: Send, status: int, body: bytes, **headers: str) -> None:
    await _start(send, status, **headers)
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, **headers: str) -> None:
    raw_headers = {"content-type": "application/json", **headers}.items()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in raw_headers
            ],
        }
    )


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        assert isinstance(chunk, bytes)
        body += chunk
        if not message.get("more_body"):
            return body


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
