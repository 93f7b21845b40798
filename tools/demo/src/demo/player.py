"""One demo player's account: registered, verified by email, signed in, with a profile."""

import asyncio
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx

from demo.cast import Role
from demo.pictures import picture_of

MAIL_SECONDS: Final = 20.0
MOST_TRIES: Final = 20
POLL_SECONDS: Final = 0.2
VERIFICATION_LINK: Final = re.compile(r"/verify\?token=([\w-]+)")


class DemoFailed(Exception):
    """The platform gave an answer that the demo cannot continue from; the message is for the terminal."""


@dataclass(frozen=True)
class Platform:
    """The addresses of a platform that runs on this machine.

    Demo players call the services on their own ports: the gateway counts requests by address, and thirty players on one
    address would use up what the visitor's browser needs.
    """

    public_url: str
    auth: httpx.AsyncClient
    tournament: httpx.AsyncClient
    mail: httpx.AsyncClient


@dataclass
class Player:
    """A demo player, with the access token of its current sign-in."""

    platform: Platform
    role: Role
    password: str
    id: str = ""
    _access_token: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return self.role.name

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._access_token}"}

    async def sign_in_or_register(self) -> None:
        """Sign in; if the account does not exist yet, register and verify it first.

        Raises:
            DemoFailed: the name belongs to an account that is not the demo's, or no email came.
        """
        answer = await self._sign_in()
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            await self._register()
            answer = await self._sign_in()
        if not answer.is_success:
            raise DemoFailed(f"{self.name} cannot sign in: {answer.text}")
        self._store_access_token(answer)
        self.id = (await self.request(self.platform.auth, "GET", "/api/user/me")).json()["id"]

    async def request(
        self, service: httpx.AsyncClient, method: str, path: str, body: object = None
    ) -> httpx.Response:
        """Send a request as this player; an access token that has expired is replaced once."""
        answer = await send(service, method, path, json=body, headers=self.headers)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._store_access_token((await self._sign_in()).raise_for_status())
            answer = await send(service, method, path, json=body, headers=self.headers)
        return answer

    async def request_document(
        self, service: httpx.AsyncClient, method: str, path: str, body: object = None
    ) -> Any:  # noqa: ANN401 (a document of the API)
        """Send a request that has to succeed; return its document.

        Raises:
            DemoFailed: it was refused.
        """
        answer = await self.request(service, method, path, body)
        if not answer.is_success:
            raise DemoFailed(f"{self.name}: {method} {path}: {answer.text}")
        return answer.json() if answer.content else None

    async def _sign_in(self) -> httpx.Response:
        credentials = {"username": self.name, "password": self.password}
        return await send(self.platform.auth, "POST", "/api/user/login", json=credentials)

    def _store_access_token(self, answer: httpx.Response) -> None:
        self._access_token = answer.json()["access_token"]

    async def _register(self) -> None:
        email = f"{self.name.lower()}@demo.example.org"
        answer = await send(
            self.platform.auth,
            "POST",
            "/api/user/register",
            json={"username": self.name, "email": email, "password": self.password},
        )
        if not answer.is_success:
            raise DemoFailed(f"{self.name} cannot be registered: {answer.text}")
        token = await self._verification_token(email)
        verified = await send(
            self.platform.auth, "POST", "/api/user/email/verification", json={"token": token}
        )
        self._store_access_token((await self._sign_in()).raise_for_status())
        if not verified.is_success:
            raise DemoFailed(f"{self.name} cannot verify an address: {verified.text}")
        await self.request_document(
            self.platform.auth, "PATCH", "/api/user/profile", {"bio": self.role.bio}
        )
        picture = await send(
            self.platform.auth,
            "PUT",
            "/api/user/profile/avatar",
            content=picture_of(self.name),
            headers=self.headers,
        )
        picture.raise_for_status()

    async def _verification_token(self, email: str) -> str:
        async with asyncio.timeout(MAIL_SECONDS):
            while True:
                answer = await self.platform.mail.get("/messages.json", params={"to": email})
                for message in answer.json():
                    if found := VERIFICATION_LINK.search(message["text"]):
                        return found[1]
                await asyncio.sleep(POLL_SECONDS)


async def send(
    service: httpx.AsyncClient,
    method: str,
    path: str,
    *,
    json: object = None,
    content: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Send a request, and again while the service is busy: pictures and passwords of many players come at once."""
    for _ in range(MOST_TRIES):
        answer = await service.request(method, path, json=json, content=content, headers=headers)
        if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            break
        await asyncio.sleep(float(answer.headers.get("Retry-After", POLL_SECONDS)))
    return answer
