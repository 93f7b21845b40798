"""Signed-in browsers, and players with old matches."""

from pathlib import Path
from secrets import token_hex

import asyncpg
import httpx
from playwright.async_api import BrowserContext

from tests.fixtures.mail import arrived
from tests.fixtures.platform import Platform
from tests.platform.players import Account, register, signed_in

LONGEST = 21
ME = "/api/user/me"
ROWS = Path(__file__).parents[2] / "services/history/tests/million.sql"


async def let_in(context: BrowserContext, account: Account, platform: Platform) -> None:
    """Give a browser the session cookies that ui would set, without a
    form or an attempt to sign in."""
    tokens = {"__Host-access": account.access_token, "__Host-refresh": account.refresh_token}
    await context.add_cookies(
        [
            {
                "name": name,
                "value": value,
                "url": platform.url,
                "httpOnly": True,
                "secure": True,
                "sameSite": "Lax",
            }
            for name, value in tokens.items()
        ]
    )


async def register_verified(platform: Platform, client: httpx.AsyncClient) -> Account:
    """Open an account, follow the link in its mail, and sign in with the resulting role."""
    account = await register(client)
    mail = await arrived(platform, f"{account.username}@example.org", "confirm")
    token = {"token": mail.token_for("/verify")}
    answer = await client.post("/api/user/email/verification", json=token)
    assert answer.status_code == 200, answer.text
    return await signed_in(client, account.username)


async def befriend(one: Account, other: Account) -> None:
    for asking, asked in ((one, other), (other, one)):
        answer = await asking.client.post(
            f"/api/user/friends/{asked.username}", headers=asking.headers
        )
        assert answer.is_success, answer.text


async def invite(one: Account, *, to: Account | None = None) -> str:
    """Challenge a friend, or create a link, for the longest match; return the invitation's ID."""
    friend = None if to is None else (await to.client.get(ME, headers=to.headers)).json()["id"]
    answer = await one.client.post(
        "/api/tournament/invitations",
        json={"to": friend, "points": LONGEST, "rated": True},
        headers=one.headers,
    )
    assert answer.is_success, answer.text
    invitation_id: str = answer.json()["id"]
    return invitation_id


async def meet(one: Account, other: Account) -> str:
    """Start a match between the two; return the path of its court."""
    answer = await other.client.post(
        f"/api/tournament/invitations/{await invite(one)}/acceptance", headers=other.headers
    )
    assert answer.is_success, answer.text
    return f"/online/{answer.json()['match_id']}"


async def give_past(platform: Platform, account: Account, matches: int) -> None:
    """Insert old matches of one player directly into history's
    database; their replays are empty."""
    me = await account.client.get(ME, headers=account.headers)
    connection = await asyncpg.connect(platform.database_url("history"))
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('bench.player', $1, true)", me.json()["id"])
            await connection.execute(_rows(matches))
    finally:
        await connection.close()


def _rows(matches: int) -> str:
    """Return the benchmark's SQL changed so that all rows belong to this
    player and have unique IDs."""
    rows = ROWS.read_text()
    for theirs, ours in (
        ("generate_series(1, 1000000)", f"generate_series(1, {matches})"),
        ("WHEN n % 50 = 0 THEN", "WHEN true THEN"),
        ("00000000-0000-7000-8000-", f"{token_hex(4)}-0000-7000-8000-"),
    ):
        assert rows.count(theirs) == 1, theirs
        rows = rows.replace(theirs, ours)
    return rows
