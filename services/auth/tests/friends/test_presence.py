import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, suppress

import asyncpg
import httpx
import pytest
from argon2.profiles import CHEAPEST

from auth.accounts.hashing import PasswordHashing
from auth.app import create_app
from auth.friends.presence import EXTENDED_FOR, KEPT_AFTER_CLOSING_FOR, Presences
from auth.settings import AuthSettings
from services.auth.tests.friends.test_friends import befriend
from services.auth.tests.people import SignedInPlayer, people
from services.auth.tests.service_under_test import PASSWORD, Auth, Log
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tests.fixtures.streams import OpenPage, open_page
from tests.fixtures.waiting import until


@pytest.fixture
async def live_auth(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> AsyncGenerator[Auth, None]:
    """The service on a real socket, so that its streams stay open."""
    async with auth_database.committed() as db:
        clock = HandClock()
        app = create_app(
            settings, db=db, passwords=PasswordHashing(CHEAPEST), clock=clock, repeats=False
        )
        async with (
            served(app) as url,
            httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
        ):
            yield Auth(client, clock, db, Log())


def tab(person: SignedInPlayer) -> AbstractAsyncContextManager[OpenPage]:
    """Keep a player's page open."""
    return open_page(person.auth.client, "/api/user/events", person.headers, event="friends")


async def is_online(person: SignedInPlayer, friend: str) -> bool:
    friends = (await person.get("/friends")).json()["friends"]
    [found] = [each["online"] for each in friends if each["person"]["username"] == friend]
    return bool(found)


async def keep_up(auth: Auth) -> None:
    """Run the maintenance of another replica, which has none of the tabs."""
    await Presences(auth.db, auth.clock).update_presences()


async def test_friends_are_told_when_a_player_comes_and_goes(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    await befriend(alice, bob)
    async with tab(alice) as alices:
        assert not await is_online(alice, "Bob")
        async with tab(bob):
            await alices.hears(2)
            assert await is_online(alice, "Bob")
        live_auth.clock.advance(seconds=EXTENDED_FOR.total_seconds() + 1)
        await keep_up(live_auth)
        await alices.hears(3)
        assert not await is_online(alice, "Bob")


async def test_a_closed_tab_is_forgotten_within_a_minute(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    await befriend(alice, bob)
    async with tab(bob):
        assert await is_online(alice, "Bob")
    live_auth.clock.advance(seconds=59)
    assert not await is_online(alice, "Bob")


async def test_a_player_with_another_open_tab_stays_online(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    await befriend(alice, bob)
    async with tab(alice) as alices, tab(bob):
        async with tab(bob):
            await alices.hears(2)
        assert await is_online(alice, "Bob")
    assert alices.signals == 2


async def test_changing_pages_does_not_interrupt_presence(
    auth: Auth,
) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    presences = Presences(auth.db, auth.clock)
    [(bob_id,)] = await auth.rows("SELECT id FROM accounts WHERE username = 'Bob'")
    first = await presences.record_opened_tab(bob_id)
    presences.record_closed_tab(first)
    await presences.update_presences()
    auth.clock.advance(seconds=KEPT_AFTER_CLOSING_FOR.total_seconds() - 1)
    await presences.update_presences()
    assert await is_online(alice, "Bob")
    await presences.record_opened_tab(bob_id)
    auth.clock.advance(seconds=2)
    await presences.update_presences()
    assert await is_online(alice, "Bob")


async def test_open_tabs_are_prolonged_except_those_of_a_dead_replica(auth: Auth) -> None:
    alice, bob, charlie = await people(auth, "Alice", "Bob", "Charlie")
    await befriend(alice, bob)
    await befriend(alice, charlie)
    ids = dict(await auth.rows("SELECT username, id FROM accounts"))
    ours, dead = Presences(auth.db, auth.clock), Presences(auth.db, auth.clock)
    await ours.record_opened_tab(ids["Bob"])
    await dead.record_opened_tab(ids["Charlie"])
    for _ in range(5):
        auth.clock.advance(seconds=10)
        await ours.update_presences()
    assert await is_online(alice, "Bob")
    assert not await is_online(alice, "Charlie")
    assert await auth.rows("SELECT count(*) FROM presences") == [(1,)]


async def test_strangers_and_blocked_players_get_no_signals(live_auth: Auth) -> None:
    alice, bob, charlie = await people(live_auth, "Alice", "Bob", "Charlie")
    await alice.post("/friends/Bob")
    async with tab(charlie) as charlies, tab(bob) as bobs, tab(alice):
        await bob.put("/blocks/Alice")
        await bobs.hears(2)
        assert charlies.signals == 1


async def test_a_changed_list_is_signalled_to_both_players(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    async with tab(alice) as alices, tab(bob) as bobs:
        await alice.post("/friends/Bob")
        await until(lambda: (alices.signals, bobs.signals) == (2, 2))


async def test_a_friend_who_deletes_their_account_disappears_at_once(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    await befriend(alice, bob)
    async with tab(alice) as alices:
        await bob.post("/deletion", {"password": PASSWORD})
        await alices.hears(2)
        assert (await alice.get("/friends")).json()["friends"] == []


async def test_refused_change_is_not_signalled(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    async with tab(alice) as alices:
        await alice.post("/friends/Bob/accept")
        await bob.post("/friends/Alice")
        await alices.hears(2)


async def test_streams_continue_after_a_database_outage(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    async with tab(alice) as alices:
        await _cut(live_auth, "auth-signals")
        # The page reloads its list, whatever it has missed.
        await alices.hears(2)
        await bob.post("/friends/Alice")
        await alices.hears(3)


async def _cut(auth: Auth, application: str) -> None:
    url = auth.db.connection_string or ""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    try:
        cut = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not cut:
                cut = await connection.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE application_name = $1",
                    application,
                )
                await asyncio.sleep(0.02)
    finally:
        with suppress(asyncpg.PostgresError):
            await connection.close()


async def test_several_tabs_of_a_player_are_one_presence(live_auth: Auth) -> None:
    alice, bob = await people(live_auth, "Alice", "Bob")
    await befriend(alice, bob)
    async with tab(alice) as alices:
        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(_visit(bob))
        assert 1 <= alices.signals - 1 <= 10


async def _visit(person: SignedInPlayer) -> None:
    async with tab(person):
        pass
