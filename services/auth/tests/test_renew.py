import asyncio
from typing import Any

import httpx

from auth.sessions import queries
from auth.sessions.models import SIGNED_OUT
from auth.sessions.queries import SessionIds
from auth.sessions.refresh_tokens import token_digest
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clients import refusal
from transcendence_common.caller import Caller
from transcendence_common.database import session_at

NO_CALLER = Caller("", "", None)


def token_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["refresh_token"]
    return token


def assert_over(answer: httpx.Response) -> None:
    assert refusal(answer) == (401, "session_over")
    assert answer.headers["www-authenticate"] == "Bearer"


async def end_of(auth: Auth) -> list[tuple[Any, ...]]:
    return await auth.rows("SELECT end_reason FROM sessions")


async def test_a_renewal_returns_the_next_tokens(auth: Auth) -> None:
    tokens = await auth.signed_in()
    answer = await auth.renew(tokens["refresh_token"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == set(tokens)
    assert answer.json()["refresh_token"] != tokens["refresh_token"]
    assert (await auth.get("/me", answer.json()["access_token"])).status_code == 200


async def test_only_digests_are_stored(auth: Auth) -> None:
    first = (await auth.signed_in())["refresh_token"]
    second = token_of(await auth.renew(first))
    stored = str(await auth.rows("SELECT refresh_tokens::text, digest FROM refresh_tokens"))
    assert first not in stored
    assert second not in stored


async def test_every_token_works_once(auth: Auth) -> None:
    token = (await auth.signed_in())["refresh_token"]
    seen = {token}
    for _ in range(5):
        auth.clock.advance(minutes=9)
        token = token_of(await auth.renew(token))
        seen.add(token)
    assert len(seen) == 6


async def test_a_used_token_within_the_grace_period_returns_the_same_successor(auth: Auth) -> None:
    first = (await auth.signed_in())["refresh_token"]
    second = token_of(await auth.renew(first))
    auth.clock.advance(seconds=10)
    assert token_of(await auth.renew(first)) == second
    assert await end_of(auth) == [(None,)]


async def test_repeated_use_does_not_extend_the_grace_period(auth: Auth) -> None:
    first = (await auth.signed_in())["refresh_token"]
    await auth.renew(first)
    auth.clock.advance(seconds=9)
    await auth.renew(first)
    auth.clock.advance(seconds=9)
    assert_over(await auth.renew(first))


async def test_a_used_token_after_the_grace_period_ends_the_session(auth: Auth) -> None:
    first = (await auth.signed_in())["refresh_token"]
    second = token_of(await auth.renew(first))
    auth.clock.advance(seconds=10.001)
    assert_over(await auth.renew(first))
    assert await end_of(auth) == [("reused",)]
    assert_over(await auth.renew(second))
    assert_over(await auth.renew(first))
    [detected] = auth.log.of("session-reuse-detected")
    assert detected["event.reason"] == "used_again"
    assert first not in str(auth.log.events)
    assert second not in str(auth.log.events)


async def test_reuse_ends_only_this_session_permanently(parallel_auth: Auth) -> None:
    """On the real pool: the refused request is rolled back, but the session stays ended."""
    first = (await parallel_auth.signed_in())["refresh_token"]
    elsewhere = (await parallel_auth.sign_in()).json()["refresh_token"]
    second = token_of(await parallel_auth.renew(first))
    parallel_auth.clock.advance(minutes=1)
    assert_over(await parallel_auth.renew(first))
    assert_over(await parallel_auth.renew(second))
    assert (await parallel_auth.renew(elsewhere)).status_code == 200


async def test_a_token_two_generations_old_within_the_grace_period_returns_the_newest(
    auth: Auth,
) -> None:
    first = (await auth.signed_in())["refresh_token"]
    second = token_of(await auth.renew(first))
    auth.clock.advance(seconds=3)
    third = token_of(await auth.renew(second))
    auth.clock.advance(seconds=3)
    assert token_of(await auth.renew(first)) == third
    assert token_of(await auth.renew(second)) == third
    assert (await auth.renew(third)).status_code == 200


async def test_a_token_two_generations_old_after_the_grace_period_ends_the_session(
    auth: Auth,
) -> None:
    first = (await auth.signed_in())["refresh_token"]
    second = token_of(await auth.renew(first))
    auth.clock.advance(seconds=8)
    third = token_of(await auth.renew(second))
    auth.clock.advance(seconds=8)
    # The second token is still within its grace period; the first one is not, which is decisive.
    assert_over(await auth.renew(first))
    assert_over(await auth.renew(third))


async def test_parallel_renewals_return_one_successor(parallel_auth: Auth) -> None:
    first = (await parallel_auth.signed_in())["refresh_token"]
    answers = await asyncio.gather(*(parallel_auth.renew(first) for _ in range(12)))
    assert len({token_of(answer) for answer in answers}) == 1
    assert await parallel_auth.rows(
        "SELECT generation FROM refresh_tokens ORDER BY generation"
    ) == [(0,), (1,)]


async def test_renewing_and_signing_out_in_parallel_ends_the_session(parallel_auth: Auth) -> None:
    first = (await parallel_auth.signed_in())["refresh_token"]
    renewals = [parallel_auth.renew(first) for _ in range(4)]
    *renewed, left = await asyncio.gather(*renewals, parallel_auth.sign_out(first))
    assert left.status_code == 204
    assert {answer.status_code for answer in renewed} <= {200, 401}
    for answer in renewed:
        if answer.status_code == 200:
            assert_over(await parallel_auth.renew(token_of(answer)))


async def test_a_token_checked_before_the_session_ended_is_not_used_up_afterwards(
    auth: Auth,
) -> None:
    """The race of the previous test, in the critical order."""
    token = (await auth.signed_in())["refresh_token"]
    async with session_at(auth.db, auth.clock.now) as session:
        shown = await queries.find_presented_token(session, token_digest(token))
        assert shown is not None
        named = SessionIds(shown.identity.account_id, shown.session_id)
        assert await queries.end_session(session, named, SIGNED_OUT)
        assert not await queries.store_next_token(session, shown, b"next", NO_CALLER)


async def test_reuse_seen_by_many_parallel_requests_is_reported_once(parallel_auth: Auth) -> None:
    first = (await parallel_auth.signed_in())["refresh_token"]
    await parallel_auth.renew(first)
    parallel_auth.clock.advance(minutes=1)
    for answer in await asyncio.gather(*(parallel_auth.renew(first) for _ in range(6))):
        assert_over(answer)
    assert len(parallel_auth.log.of("session-reuse-detected")) == 1


async def test_a_session_expires_after_30_days_without_renewal(auth: Auth) -> None:
    token = (await auth.signed_in())["refresh_token"]
    auth.clock.advance(days=29.9)
    token = token_of(await auth.renew(token))
    auth.clock.advance(days=30)
    assert_over(await auth.renew(token))


async def test_any_session_expires_after_90_days(auth: Auth) -> None:
    token = (await auth.signed_in())["refresh_token"]
    for _ in range(4):
        auth.clock.advance(days=20)
        token = token_of(await auth.renew(token))
    auth.clock.advance(days=9.9)
    token = token_of(await auth.renew(token))
    auth.clock.advance(days=0.1)
    assert_over(await auth.renew(token))


async def test_an_unknown_token_is_refused(auth: Auth) -> None:
    tokens = await auth.signed_in()
    for token in ("", "x", "\x00", "x" * 10_000, "é", tokens["access_token"]):
        assert_over(await auth.renew(token))


async def test_changed_roles_and_names_are_in_the_next_token(auth: Auth) -> None:
    token = (await auth.signed_in())["refresh_token"]
    await auth.execute("UPDATE accounts SET roles = '{admin}'")
    renewed = (await auth.renew(token)).json()
    assert (await auth.get("/me", renewed["access_token"])).json()["roles"] == ["admin"]


async def test_sessions_are_deleted_with_their_account(auth: Auth) -> None:
    token = (await auth.signed_in())["refresh_token"]
    await auth.execute("DELETE FROM accounts")
    assert_over(await auth.renew(token))
