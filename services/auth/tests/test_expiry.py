import asyncio

from sqlalchemy import text

from auth.accounts.queries import EXPIRED_ACCOUNTS_AT_ONCE
from auth.privacy.expiry import ExpiredAccounts
from services.auth.tests.mailbox import unverified, verification_token, verified, verify
from services.auth.tests.service_under_test import Auth
from tests.fixtures.patience import PATIENCE_SECONDS

ALICE = "Alice@example.org"


async def forget(auth: Auth) -> None:
    await ExpiredAccounts(auth.db, auth.clock).delete_expired_accounts()


async def names(auth: Auth) -> list[str]:
    rows = await auth.rows("SELECT username FROM accounts ORDER BY username")
    return [username for (username,) in rows]


async def told(auth: Auth) -> int:
    [(count,)] = await auth.rows(
        "SELECT count(DISTINCT payload) FROM pgqueuer WHERE entrypoint LIKE 'player-events%'"
    )
    return int(count)


async def test_an_unverified_account_is_deleted_after_a_week(auth: Auth) -> None:
    await unverified(auth, "Alice")
    await verified(auth, "Bob")
    auth.clock.advance(days=7, seconds=-1)
    await forget(auth)
    assert await names(auth) == ["Alice", "Bob"]
    auth.clock.advance(seconds=1)
    await forget(auth)
    assert await names(auth) == ["Bob"]
    assert await auth.rows("SELECT count(*) FROM mail_links WHERE email LIKE 'Alice%'") == [(0,)]


async def test_its_name_and_address_become_free(auth: Auth) -> None:
    await auth.register("Alice")
    auth.clock.advance(days=7)
    await forget(auth)
    assert (await auth.register("Alice")).status_code == 201


async def test_the_deletion_is_sent_to_other_services(auth: Auth) -> None:
    registered = (await auth.register("Alice")).json()
    auth.clock.advance(days=7)
    await forget(auth)
    payloads = await auth.rows(
        "SELECT payload FROM pgqueuer WHERE entrypoint LIKE 'player-events%'"
    )
    assert payloads
    assert all(registered["id"].encode() in payload for (payload,) in payloads)
    assert len(auth.log.of("accounts-expired")) == 1


async def test_the_deletion_is_sent_once(auth: Auth) -> None:
    await auth.register("Alice")
    auth.clock.advance(days=7)
    for _ in range(2):
        await forget(auth)
    assert await told(auth) == 1


async def test_many_accounts_are_deleted_in_batches(parallel_auth: Auth) -> None:
    count = 2 * EXPIRED_ACCOUNTS_AT_ONCE + 1
    await parallel_auth.execute(
        "INSERT INTO accounts (id, username, username_key, email, email_key, created_at, expires_at)"
        " SELECT gen_random_uuid(), 'n' || i || 'xx', 'n' || i || 'xx', 'a@example.org', 'a@example.org',"
        " now(), now() - interval '1 day' FROM generate_series(1, :count) AS i",
        count=count,
    )
    await asyncio.gather(*(forget(parallel_auth) for _ in range(3)))
    await forget(parallel_auth)
    assert await names(parallel_auth) == []
    assert await told(parallel_auth) == count


async def test_an_account_verified_in_the_same_moment_is_kept_or_deleted_completely(
    parallel_auth: Auth,
) -> None:
    await parallel_auth.register("Alice")
    parallel_auth.clock.advance(hours=1)
    await parallel_auth.execute(
        "UPDATE accounts SET expires_at = :now", now=parallel_auth.clock.now
    )
    token = await verification_token(parallel_auth, ALICE)
    answers, _ = await asyncio.gather(
        asyncio.gather(*(verify(parallel_auth, token) for _ in range(5))),
        asyncio.gather(*(forget(parallel_auth) for _ in range(5))),
    )
    statuses = sorted(answer.status_code for answer in answers)
    if statuses[0] == 200:
        assert statuses[1:] == [410] * 4
        assert await names(parallel_auth) == ["Alice"]
        assert await told(parallel_auth) == 0
    else:
        assert set(statuses) <= {404}
        assert await names(parallel_auth) == []
        assert await told(parallel_auth) == 1


async def test_an_account_that_is_being_verified_is_skipped(parallel_auth: Auth) -> None:
    await parallel_auth.register("Alice")
    parallel_auth.clock.advance(days=7)
    async with parallel_auth.db.get_session() as session, session.begin():
        await session.execute(text("SELECT id FROM accounts FOR NO KEY UPDATE"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await forget(parallel_auth)
        await session.execute(
            text("UPDATE accounts SET email_verified_at = now(), expires_at = NULL")
        )
    await forget(parallel_auth)
    assert await names(parallel_auth) == ["Alice"]


async def test_the_link_of_a_deleted_account_is_unknown(auth: Auth) -> None:
    await auth.register("Alice")
    token = await verification_token(auth, ALICE)
    auth.clock.advance(days=7)
    await forget(auth)
    assert (await verify(auth, token)).status_code == 404
