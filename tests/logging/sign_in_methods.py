"""Sign-in methods of one account: a passkey, an account at a provider,
and a stolen refresh token."""

import asyncio
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from auth.sessions.renewal import REUSE_GRACE
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.picture_files import png
from tests.fixtures.provider import OpenIdProcess
from tests.logging.people import GENEROUS_SECONDS, USER, ask
from tests.logging.secrets import Secrets
from tests.platform.players import PASSWORD, Account, client_at, signed_in

PROFILE = {"display_name": "Somebody in disguise", "bio": "Lives between the lines."}
PROVIDER, PROVIDER_AWAY = "google", "github"


class SignInMethods:
    """Steps that the account's owner takes with them."""

    def __init__(self, account: Account, url: str, secrets: Secrets) -> None:
        self._account = account
        self._url = url
        self._secrets = secrets

    async def run(self, provider: OpenIdProcess) -> None:
        stolen = await self._be_stolen_from()
        stolen_at = monotonic()
        await self._show_oneself()
        await ask(self._account, "POST", f"{USER}/sessions/confirmation", {"password": PASSWORD})
        await self._keep_a_passkey()
        await self._link(provider)
        await self._meet_a_provider_that_is_away()
        # For some seconds the old token may come from the owner's second tab.
        await asyncio.sleep(max(0, stolen_at + REUSE_GRACE.total_seconds() + 1 - monotonic()))
        await self._have_the_thief_noticed(stolen)

    async def _be_stolen_from(self) -> Account:
        """Use a refresh token again after its owner has used it, as a thief would."""
        stolen = await signed_in(self._account.client, self._account.username)
        body = {"refresh_token": stolen.refresh_token}
        renewed = await ask(self._account, "POST", f"{USER}/refresh", body)
        for each in (stolen.access_token, stolen.refresh_token):
            self._secrets.keep(each)
        self._secrets.keep(renewed["access_token"], renewed["refresh_token"])
        return stolen

    async def _have_the_thief_noticed(self, stolen: Account) -> None:
        body = {"refresh_token": stolen.refresh_token}
        refused = await stolen.client.post(f"{USER}/refresh", json=body)
        assert refused.status_code == httpx.codes.UNAUTHORIZED, refused.text
        # The browser with the session's cookie learns of the end at its next page.
        cookie = {"Cookie": f"__Host-refresh={stolen.refresh_token}"}
        async with client_at(self._url, GENEROUS_SECONDS) as browser:
            assert (await browser.get("/", headers=cookie)).is_success

    async def _show_oneself(self) -> None:
        self._secrets.keep(*PROFILE.values())
        await ask(self._account, "PATCH", f"{USER}/profile", PROFILE)
        put = await self._account.client.put(
            f"{USER}/profile/avatar", content=png(), headers=self._account.headers
        )
        assert put.is_success, put.text
        await ask(self._account, "DELETE", f"{USER}/profile/avatar")

    async def _keep_a_passkey(self) -> None:
        asked = await ask(self._account, "POST", f"{USER}/passkeys/options")
        made = Authenticator(self._url).make(asked["public_key"])
        self._secrets.keep(asked["ceremony"], asked["public_key"]["challenge"], made["id"])
        added = await ask(
            self._account,
            "POST",
            f"{USER}/passkeys",
            {"ceremony": asked["ceremony"], "credential": made, "name": "Laptop"},
        )
        await ask(self._account, "DELETE", f"{USER}/passkeys/{added['id']}")

    async def _link(self, provider: OpenIdProcess) -> None:
        subject = f"subject-of-{self._account.username}"
        address = f"{subject}@example.com"
        provider.add_person(subject, email=address, email_verified=True)
        flow = await self._depart(PROVIDER, "link")
        back = await asyncio.to_thread(provider.agree, flow["authorization_url"], subject)
        self._secrets.keep(subject, address, back["code"], back["state"])
        finished = await self._return(PROVIDER, flow, back["state"], back["code"])
        assert finished.is_success, finished.text
        await ask(self._account, "DELETE", f"{USER}/oauth/identities/{PROVIDER}")

    async def _meet_a_provider_that_is_away(self) -> None:
        flow = await self._depart(PROVIDER_AWAY, "link")
        [state] = parse_qs(urlsplit(flow["authorization_url"]).query)["state"]
        code = f"code-of-{self._account.username}"
        self._secrets.keep(code, state)
        failed = await self._return(PROVIDER_AWAY, flow, state, code)
        assert failed.status_code == httpx.codes.SERVICE_UNAVAILABLE, failed.text

    async def _depart(self, provider: str, intent: str) -> dict[str, Any]:
        path = f"{USER}/oauth/{provider}/start"
        flow: dict[str, Any] = await ask(self._account, "POST", path, {"intent": intent})
        self._secrets.keep(flow["flow"])
        return flow

    async def _return(
        self, provider: str, flow: dict[str, Any], state: str, code: str
    ) -> httpx.Response:
        return await self._account.client.post(
            f"{USER}/oauth/finish",
            json={"provider": provider, "flow": flow["flow"], "state": state, "code": code},
            headers=self._account.headers,
        )
