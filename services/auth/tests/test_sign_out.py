import asyncio

from auth.settings import AuthSettings
from services.auth.tests.service_under_test import Auth, running
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase


async def test_a_refresh_token_ends_its_session(auth: Auth) -> None:
    tokens = await auth.signed_in()
    answer = await auth.sign_out(tokens["refresh_token"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await auth.renew(tokens["refresh_token"])).status_code == 401
    assert await auth.rows("SELECT end_reason FROM sessions") == [("signed_out",)]
    assert len(auth.log.of("session-end")) == 1


async def test_an_access_token_alone_ends_its_session(auth: Auth) -> None:
    tokens = await auth.signed_in()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    for body in (b"", b"{}", b'{"refresh_token": null}'):
        answer = await auth.client.post("/api/user/logout", headers=headers, content=body)
        assert answer.status_code == 204
    assert (await auth.renew(tokens["refresh_token"])).status_code == 401


async def test_signing_out_twice_is_allowed(auth: Auth) -> None:
    tokens = await auth.signed_in()
    for _ in range(2):
        assert (await auth.sign_out(tokens["refresh_token"])).status_code == 204
    assert len(auth.log.of("session-end")) == 1


async def test_an_old_refresh_token_ends_its_session_too(auth: Auth) -> None:
    first = (await auth.signed_in())["refresh_token"]
    second = (await auth.renew(first)).json()["refresh_token"]
    auth.clock.advance(minutes=5)
    assert (await auth.sign_out(first)).status_code == 204
    assert (await auth.renew(second)).status_code == 401


async def test_the_grace_period_ends_with_the_session(auth: Auth) -> None:
    first = (await auth.signed_in())["refresh_token"]
    second = (await auth.renew(first)).json()["refresh_token"]
    await auth.sign_out(second)
    assert (await auth.renew(first)).status_code == 401


async def test_an_unknown_refresh_token_ends_no_session(auth: Auth) -> None:
    tokens = await auth.signed_in()
    assert (await auth.sign_out("made-up")).status_code == 204
    assert (await auth.renew(tokens["refresh_token"])).status_code == 200


async def test_a_player_ends_only_their_own_session(auth: Auth) -> None:
    alice = await auth.signed_in("Alice")
    charlie = await auth.signed_in("Charlie")
    headers = {"Authorization": f"Bearer {charlie['access_token']}"}
    await auth.client.post("/api/user/logout", headers=headers)
    assert (await auth.renew(charlie["refresh_token"])).status_code == 401
    assert (await auth.renew(alice["refresh_token"])).status_code == 200


async def test_many_parallel_requests_end_a_session_once(parallel_auth: Auth) -> None:
    token = (await parallel_auth.signed_in())["refresh_token"]
    answers = await asyncio.gather(*(parallel_auth.sign_out(token) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {204}
    assert len(parallel_auth.log.of("session-end")) == 1


async def test_expired_sessions_are_deleted(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    clock = HandClock()
    async with auth_database.rolled_back() as db:
        async with running(settings, db, clock=clock) as auth:
            await auth.signed_in("Alice")
            clock.advance(days=29)
            await auth.signed_in("Bob")
            clock.advance(days=1)
        async with running(settings, db, clock=clock) as auth:
            left = await auth.rows(
                "SELECT username FROM sessions JOIN accounts ON accounts.id = account_id"
            )
            tokens = await auth.rows("SELECT count(*) FROM refresh_tokens")
    assert left == [("Bob",)]
    assert tokens == [(1,)]
