"""Visits to a provider."""

from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
from pydantic import SecretStr

from auth.settings import AuthSettings
from services.auth.tests.service_under_test import Auth, settings_for
from tests.stand_ins.providers import CLIENT_ID, CLIENT_SECRET, ProviderPerson, StandInProviders

ALICE: Final = ProviderPerson(1001, "alice-on-tour", "alice@example.org")
BOB: Final = ProviderPerson(1002, "bob", "bob@example.org")
PROVIDERS: Final = ("42", "github", "google")


@dataclass(frozen=True)
class Visits:
    """The service, the providers, and the part of a browser between them."""

    auth: Auth
    providers: StandInProviders

    async def start(
        self,
        provider: str = "github",
        intent: str = "sign_in",
        token: str | None = None,
        **more: object,
    ) -> httpx.Response:
        return await self.auth.client.post(
            f"/api/user/oauth/{provider}/start",
            json={"intent": intent, **more},
            headers=_bearer(token),
        )

    async def finish(
        self,
        flow: str,
        back: dict[str, str],
        token: str | None = None,
        provider: str = "github",
    ) -> httpx.Response:
        return await self.auth.client.post(
            "/api/user/oauth/finish",
            json={"provider": provider, "flow": flow, **back},
            headers=_bearer(token),
        )

    async def visit(
        self,
        person: ProviderPerson,
        provider: str = "github",
        intent: str = "sign_in",
        token: str | None = None,
    ) -> httpx.Response:
        """Start a visit, consent, and finish it."""
        flow, back = await self.agreed(person, provider, intent, token)
        return await self.finish(flow, back, token, provider)

    async def agreed(
        self,
        person: ProviderPerson,
        provider: str = "github",
        intent: str = "sign_in",
        token: str | None = None,
    ) -> tuple[str, dict[str, str]]:
        """Start a visit and consent; return the flow and the parameters with
        which the browser comes back."""
        started = (await self.start(provider, intent, token)).json()
        return started["flow"], self.providers.agree(started["authorization_url"], person)

    async def newcomer(self, person: ProviderPerson, provider: str = "github") -> dict[str, Any]:
        """Return the tokens of a new account that was created through a
        provider and has no password."""
        answer = await self.visit(person, provider)
        assert answer.json()["result"] == "registered", answer.text
        tokens: dict[str, Any] = answer.json()["tokens"]
        return tokens

    async def member(self, username: str = "Alice") -> dict[str, Any]:
        """Return the tokens of an account with a password and a verified address."""
        tokens = await self.auth.signed_in(username)
        await self.auth.execute(
            "UPDATE accounts SET email_verified_at = created_at, expires_at = NULL WHERE username = :name",
            name=username,
        )
        return tokens

    async def identities(self, token: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.auth.get("/oauth/identities", token)).json()[
            "items"
        ]
        return items

    async def unlink(self, provider: str, token: str | None) -> httpx.Response:
        return await self.auth.client.delete(
            f"/api/user/oauth/identities/{provider}", headers=_bearer(token)
        )

    async def logged(self, action: str) -> list[dict[str, str]]:
        """Return the details of an action in the security log."""
        rows = await self.auth.rows(
            f"SELECT detail FROM security_events WHERE action = '{action}' ORDER BY id"  # noqa: S608
        )
        return [detail for (detail,) in rows]


def settings_with(url: str, providers: StandInProviders, **changes: object) -> AuthSettings:
    """Return settings in which the stand-in is all three providers."""
    registrations = {
        name: value
        for provider in PROVIDERS
        for name, value in (
            (f"oauth_{provider}_client_id", CLIENT_ID),
            (f"oauth_{provider}_client_secret", SecretStr(CLIENT_SECRET)),
            (f"oauth_{provider}_url", providers.url),
        )
    }
    return settings_for(url, **{**registrations, **changes})


def without_address(person: ProviderPerson) -> ProviderPerson:
    return replace(person, email=None)


def unverified(person: ProviderPerson) -> ProviderPerson:
    return replace(person, verified=False)


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
