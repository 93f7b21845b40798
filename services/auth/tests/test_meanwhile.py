"""Actions of a player while an account involved is deleted, or while the session is ended."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx
import pyotp
import pytest
from sqlalchemy import text

from auth.friends.presence import Presences
from services.auth.tests.authenticator import Authenticator
from services.auth.tests.mailbox import change_token, confirm_change, verification_token, verify
from services.auth.tests.passkeys.test_passkeys import ask_to_sign_in, person, show
from services.auth.tests.people import SignedInPlayer, people, sign_up
from services.auth.tests.service_under_test import PASSWORD, Auth
from tests.fixtures.clients import refusal
from tests.fixtures.patience import PATIENCE_SECONDS

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
ANOTHER = "two paddles under a paper moon"

ResultT = TypeVar("ResultT")
ActionButton = Callable[[SignedInPlayer], Awaitable[httpx.Response]]


DELETED = "DELETE FROM accounts WHERE username = :name"
SESSIONS_ENDED = """
    UPDATE sessions SET ended_at = created_at, end_reason = 'password_reset'
    WHERE account_id = (SELECT id FROM accounts WHERE username = :name)
"""


@asynccontextmanager
async def held(
    auth: Auth, name: str, then: str = DELETED
) -> AsyncGenerator[Callable[[], Awaitable[None]]]:
    """Lock an account, like a transaction that ends it; the yielded
    function does so and commits."""
    async with auth.db.get_session() as session:
        of_name = {"name": name}
        await session.execute(
            text("SELECT id FROM accounts WHERE username = :name FOR UPDATE"), of_name
        )

        async def go_on() -> None:
            await session.execute(text(then), of_name)
            await session.commit()

        yield go_on


async def until_it_waits(auth: Auth, task: asyncio.Future[ResultT]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not task.done() and await auth.rows(WAITING) == [(0,)]:  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.01)


async def meanwhile(
    auth: Auth, name: str, action: Awaitable[httpx.Response], then: str = DELETED
) -> httpx.Response:
    """Start a request, which waits for a lock, then end the account or its
    sessions; return the answer."""
    async with held(auth, name, then) as go_on:
        task = asyncio.ensure_future(action)
        await until_it_waits(auth, task)
        await go_on()
        return await task


ONES_OWN: dict[str, ActionButton] = {
    "sign out": lambda alice: alice.auth.sign_out(alice.tokens["refresh_token"]),
    "renew": lambda alice: alice.auth.renew(alice.tokens["refresh_token"]),
    "sign in": lambda alice: alice.auth.sign_in("Alice"),
    "sign out elsewhere": lambda alice: alice.delete("/sessions"),
    "confirm": lambda alice: alice.post("/sessions/confirmation", {"password": PASSWORD}),
    "change the password": lambda alice: alice.put(
        "/password", {"password": ANOTHER, "current_password": PASSWORD}
    ),
    "change the address": lambda alice: alice.put(
        "/email", {"email": "new@example.org", "password": PASSWORD}
    ),
    "ask for the letter": lambda alice: alice.post("/email/verification/resend"),
    "set up a code": lambda alice: alice.post("/two-factor/setup", {"password": PASSWORD}),
    "add a passkey": lambda alice: alice.post("/passkeys/options"),
    "confirm by passkey": lambda alice: alice.post("/sessions/confirmation/passkey/options"),
    "call oneself something": lambda alice: alice.ask("PATCH", "/profile", {"bio": "Hello"}),
    "ask for friendship": lambda alice: alice.post("/friends/Bob"),
    "part": lambda alice: alice.delete("/friends/Bob"),
    "block": lambda alice: alice.put("/blocks/Bob"),
    "unblock": lambda alice: alice.delete("/blocks/Bob"),
    "delete": lambda alice: alice.post("/deletion", {"password": PASSWORD}),
}


@pytest.mark.parametrize("action", ONES_OWN)
async def test_actions_of_a_player_deleted_meanwhile_are_refused_or_done_before(
    parallel_auth: Auth, action: str
) -> None:
    alice, _ = await people(parallel_auth, "Alice", "Bob")
    answer = await meanwhile(parallel_auth, "Alice", ONES_OWN[action](alice))
    assert answer.status_code in {200, 204, 401, 403}, answer.text
    assert await parallel_auth.rows("SELECT username FROM accounts") == [("Bob",)]


async def test_ending_another_session_during_a_deletion(parallel_auth: Auth) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    await parallel_auth.sign_in("Alice")
    sessions = (await alice.get("/sessions")).json()["items"]
    [other] = [each["id"] for each in sessions if not each["current"]]
    answer = await meanwhile(parallel_auth, "Alice", alice.delete(f"/sessions/{other}"))
    assert answer.status_code in {204, 401, 404}


async def test_renewing_a_token_during_a_deletion(parallel_auth: Auth) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    await parallel_auth.renew(alice.tokens["refresh_token"])
    parallel_auth.clock.advance(minutes=1)
    stolen = parallel_auth.renew(alice.tokens["refresh_token"])
    assert (await meanwhile(parallel_auth, "Alice", stolen)).status_code == 401


async def test_signing_in_with_a_passkey_during_a_deletion(parallel_auth: Auth) -> None:
    alice, key = await person(parallel_auth), Authenticator()
    await alice.add(key)
    asked = await ask_to_sign_in(parallel_auth)
    shown = show(parallel_auth, asked["ceremony"], key.show(asked["public_key"]))
    assert (await meanwhile(parallel_auth, "Alice", shown)).status_code == 401


async def test_using_links_during_a_deletion(parallel_auth: Auth) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    await alice.put("/email", {"email": "new@example.org", "password": PASSWORD})
    changed = confirm_change(parallel_auth, await change_token(parallel_auth, "new@example.org"))
    assert (await meanwhile(parallel_auth, "Alice", changed)).status_code == 404
    await parallel_auth.register("Bob")
    verified = verify(parallel_auth, await verification_token(parallel_auth, "Bob@example.org"))
    assert (await meanwhile(parallel_auth, "Bob", verified)).status_code == 404


@pytest.mark.parametrize("action", ["/friends/Bob", "/friends/Bob/accept"])
async def test_befriending_a_player_who_is_deleted_meanwhile(
    parallel_auth: Auth, action: str
) -> None:
    alice, bob = await people(parallel_auth, "Alice", "Bob")
    await bob.post("/friends/Alice")
    answer = await meanwhile(parallel_auth, "Bob", alice.post(action))
    assert refusal(answer) == (404, "no_such_player")


async def test_a_tab_opened_during_a_deletion_is_not_stored(parallel_auth: Auth) -> None:
    await sign_up(parallel_auth, "Alice")
    [(alice_id,)] = await parallel_auth.rows("SELECT id FROM accounts")
    presences = Presences(parallel_auth.db, parallel_auth.clock)
    async with held(parallel_auth, "Alice") as go_on:
        arriving = asyncio.create_task(presences.record_opened_tab(alice_id))
        await until_it_waits(parallel_auth, arriving)
        await go_on()
        await arriving
    assert await parallel_auth.rows("SELECT id FROM presences") == []


CHANGES = (
    "change the address",
    "ask for the letter",
    "change the password",
    "set up a code",
    "add a passkey",
    "delete",
)


@pytest.mark.parametrize("action", CHANGES)
async def test_a_session_that_is_ended_meanwhile_changes_nothing(
    parallel_auth: Auth, action: str
) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    before = len(await parallel_auth.letters("Alice@example.org"))
    answer = await meanwhile(parallel_auth, "Alice", ONES_OWN[action](alice), SESSIONS_ENDED)
    assert refusal(answer) == (401, "session_over")
    assert (await parallel_auth.sign_in("Alice")).status_code == 200
    assert await parallel_auth.letters("new@example.org") == []
    assert len(await parallel_auth.letters("Alice@example.org")) == before


async def test_a_session_that_is_ended_meanwhile_cannot_enable_two_factor(
    parallel_auth: Auth,
) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    made = (await alice.post("/two-factor/setup", {"password": PASSWORD})).json()
    code = pyotp.TOTP(made["secret"]).at(parallel_auth.clock.now)
    turned_on = alice.post("/two-factor", {"password": PASSWORD, "code": code})
    answer = await meanwhile(parallel_auth, "Alice", turned_on, SESSIONS_ENDED)
    assert refusal(answer) == (401, "session_over")
    assert (await parallel_auth.sign_in("Alice")).status_code == 200


async def test_maintenance_of_tabs_and_a_deletion_cause_no_deadlock(
    parallel_auth: Auth,
) -> None:
    """A deletion locks the account's tabs in another order."""
    await people(parallel_auth, "Alice", "Bob")
    ids = dict(await parallel_auth.rows("SELECT username, id FROM accounts"))
    presences = Presences(parallel_auth.db, parallel_auth.clock)
    tabs = [await presences.record_opened_tab(ids[name]) for name in ("Alice", "Alice", "Bob")]
    presences.record_closed_tab(tabs[0])
    async with parallel_auth.db.get_session() as deleting:
        one = "SELECT id FROM presences WHERE id = :id FOR UPDATE"
        await deleting.execute(text(one), {"id": tabs[1]})
        async with asyncio.timeout(PATIENCE_SECONDS):
            await presences.update_presences()
        await deleting.execute(text(DELETED), {"name": "Alice"})
        await deleting.commit()
    assert await parallel_auth.rows("SELECT account_id FROM presences") == [(ids["Bob"],)]
