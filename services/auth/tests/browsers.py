"""Browsers as the gateway describes them to auth: address, user agent,
device token, and session."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import httpx
import pyotp

from services.auth.tests.service_under_test import PASSWORD, Auth

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
HALF_A_MINUTE = 30


@dataclass(frozen=True)
class Browser:
    """A browser; `at` returns the same one at another address."""

    auth: Auth
    address: str = "203.0.113.1"
    device: str | None = None
    user_agent: str = FIREFOX
    tokens: dict[str, Any] = field(default_factory=dict)

    def at(self, address: str) -> Self:
        return replace(self, address=address)

    async def sign_in(self, username: str = "Alice", password: str = PASSWORD) -> httpx.Response:
        return await self._signed_out().post("/login", {"username": username, "password": password})

    async def answer(self, challenge: object, code: object) -> httpx.Response:
        body = {"challenge": challenge, "code": code}
        return await self._signed_out().post("/login/two-factor", body)

    async def signed_in(self, username: str = "Alice", password: str = PASSWORD) -> Self:
        """Sign in a player who has an account, and keep the session."""
        answer = await self.sign_in(username, password)
        assert answer.status_code == 200, answer.text
        return self.holding(answer.json())

    def holding(self, tokens: dict[str, Any]) -> Self:
        return replace(self, tokens=tokens)

    async def challenge(self, username: str = "Alice") -> str:
        """Sign in with the first factor; return the challenge for the second."""
        answer = await self.sign_in(username)
        assert answer.status_code == 202, answer.text
        challenge: str = answer.json()["challenge"]
        return challenge

    async def get(self, path: str) -> httpx.Response:
        return await self.send("GET", path)

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self.send("POST", path, body)

    async def delete(self, path: str) -> httpx.Response:
        return await self.send("DELETE", path)

    async def renew(self) -> httpx.Response:
        body = {"refresh_token": self.tokens["refresh_token"]}
        return await self._signed_out().post("/refresh", body)

    def _signed_out(self) -> Self:
        """The same browser without its access token, which may have expired."""
        return replace(self, tokens={})

    async def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"X-Real-IP": self.address, "User-Agent": self.user_agent}
        if self.device is not None:
            headers["X-Device"] = self.device
        if self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        return await self.auth.client.request(
            method, f"/api/user{path}", json=body, headers=headers
        )


@dataclass
class App:
    """An authenticator app with one secret, which uses the test's clock."""

    auth: Auth
    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, steps: int = 0) -> str:
        """Return the current code, or the one of another 30 s step."""
        return pyotp.TOTP(self.secret).at(self.auth.clock.now, counter_offset=steps)

    def next_code(self) -> str:
        """Wait for the next code, so that none is used twice."""
        self.auth.clock.advance(seconds=HALF_A_MINUTE)
        return self.code()

    def wrong_code(self) -> str:
        """Return six digits that are not the code of the current or a neighbouring step."""
        near = {self.code(steps) for steps in range(-2, 3)}
        return next(
            code
            for code in ("000000", "111111", "222222", "333333", "444444", "555555")
            if code not in near
        )


async def with_two_factor(browser: Browser) -> App:
    """Enable two-factor authentication for the signed-in player, and wait for the next code."""
    answer = await browser.post("/two-factor/setup", {"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    app = App(browser.auth, answer.json()["secret"])
    answer = await browser.post("/two-factor", {"password": PASSWORD, "code": app.code()})
    assert answer.status_code == 201, answer.text
    app.recovery_codes = answer.json()["recovery_codes"]
    browser.auth.clock.advance(seconds=HALF_A_MINUTE)
    return app


async def verify_address(auth: Auth, username: str = "Alice") -> None:
    """Verify the address as if the link in the mail had been followed."""
    await auth.execute(
        "UPDATE accounts SET email_verified_at = created_at, expires_at = NULL WHERE username = :username",
        username=username,
    )


async def security_log(auth: Auth) -> list[str]:
    """Return the actions in the security log, oldest first."""
    rows = await auth.rows("SELECT action FROM security_events ORDER BY at, id")
    return [action for (action,) in rows]
