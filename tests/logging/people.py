"""The players of the day, who use the gateway and whose secrets are recorded."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from tests.browser.people import ME, register_verified
from tests.fixtures.mail import arrived
from tests.fixtures.platform import Platform
from tests.logging.secrets import Secrets
from tests.platform.players import Account, client_at

GENEROUS_SECONDS = 20

USER = "/api/user"
GAMES = "/api/tournament"


async def come(
    platform: Platform, secrets: Secrets, clients: AsyncExitStack, count: int
) -> list[Account]:
    """Register this many players in parallel, each with their own connections."""
    return await asyncio.gather(*(_come(platform, secrets, clients) for _ in range(count)))


async def ask(who: Account, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
    """Send a request that must succeed."""
    answer = await who.client.request(method, path, json=body, headers=who.headers)
    assert answer.is_success, f"{method} {path}: {answer.text}"
    return answer.json() if answer.content else None


async def id_of(who: Account) -> str:
    found: str = (await ask(who, "GET", ME))["id"]
    return found


def address_of(who: Account) -> str:
    return f"{who.username}@example.org"


async def _come(platform: Platform, secrets: Secrets, clients: AsyncExitStack) -> Account:
    client = await clients.enter_async_context(client_at(platform.url, GENEROUS_SECONDS))
    account = await register_verified(platform, client)
    letter = await arrived(platform, address_of(account), "confirm")
    secrets.keep(letter.token_for("/verify"), address_of(account))
    secrets.keep(account.access_token, account.refresh_token)
    return account
