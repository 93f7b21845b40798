import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
from argon2.profiles import CHEAPEST
from sqlalchemy import text

from auth.accounts.hashing import OWASP_PARAMETERS, PasswordHashing
from auth.settings import AuthSettings
from auth.throttling import budgets
from services.auth.tests.browsers import Browser, security_log
from services.auth.tests.counted import sign_ins
from services.auth.tests.service_under_test import PASSWORD, AnotherAuth, Auth, running
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS

WRONG = "another password"
STRONGER = replace(CHEAPEST, time_cost=2)
CHANGE_PASSWORD = text("UPDATE accounts SET password_hash = 'another'")
HOLD_ACCOUNTS = text("SELECT id FROM accounts FOR NO KEY UPDATE")
ADDRESSES = [f"198.51.100.{number}" for number in range(1, 60)]


class CountingPasswords(PasswordHashing):
    """Real hashing that counts its verifications and can run a callback after one."""

    def __init__(self) -> None:
        super().__init__(CHEAPEST)
        self.verified = 0
        self.afterwards: Callable[[], Awaitable[None]] | None = None

    async def verify(self, stored: str | None, password: str) -> bool:
        self.verified += 1
        is_right = await super().verify(stored, password)
        if self.afterwards is not None:
            await self.afterwards()
        return is_right


def told(answer: httpx.Response) -> tuple[int, str | None]:
    """Return what a guesser sees: the status, and the seconds to wait."""
    if answer.status_code == 429:
        assert answer.json()["code"] == "too_many_attempts"
    return answer.status_code, answer.headers.get("retry-after")


async def guess(
    auth: Auth, times: int, username: str = "Alice", address: str = ADDRESSES[0]
) -> None:
    for _ in range(times):
        assert told(await Browser(auth, address).sign_in(username, WRONG)) == (401, None)


async def test_a_few_mistakes_are_free_and_then_the_wait_doubles(auth: Auth) -> None:
    await auth.register()
    browser = Browser(auth)
    await guess(auth, 6, address=browser.address)
    for seconds in (2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        assert told(await browser.sign_in(password=WRONG)) == (429, str(seconds))
        auth.clock.advance(seconds=seconds - 0.001)
        assert told(await browser.sign_in(password=WRONG)) == (429, "1")
        auth.clock.advance(seconds=0.001)
        assert told(await browser.sign_in(password=WRONG)) == (401, None)


async def test_the_right_password_has_to_wait_too(auth: Auth) -> None:
    """Guessing could otherwise continue, since the answer to the right password would differ."""
    await auth.register()
    browser = Browser(auth)
    await guess(auth, 6, address=browser.address)
    assert told(await browser.sign_in()) == (429, "2")
    auth.clock.advance(seconds=2)
    assert (await browser.sign_in()).status_code == 200


async def test_premature_attempts_do_not_extend_the_wait(auth: Auth) -> None:
    await auth.register()
    browser = Browser(auth)
    await guess(auth, 6, address=browser.address)
    for _ in range(10):
        assert told(await browser.sign_in(password=WRONG)) == (429, "2")
    auth.clock.advance(seconds=2)
    assert (await browser.sign_in()).status_code == 200


async def test_success_resets_the_counter(auth: Auth) -> None:
    await auth.register()
    browser = Browser(auth)
    for _ in range(3):
        await guess(auth, 5, address=browser.address)
        assert (await browser.sign_in()).status_code == 200


async def test_an_unknown_name_is_limited_in_the_same_way(parallel_auth: Auth) -> None:
    await parallel_auth.register()
    seen: dict[str, list[tuple[int, str | None]]] = {}
    started = parallel_auth.clock.now
    for name in ("Alice", "alice@example.org", "Nobody", "nobody@example.org"):
        parallel_auth.clock.now = started
        seen[name] = []
        for number in range(60):
            # First from a different address each time, then from the same one.
            address = f"{name}-{min(number, 25)}"
            seen[name].append(told(await Browser(parallel_auth, address).sign_in(name, WRONG)))
            parallel_auth.clock.advance(seconds=number // 20)
    assert len({status for status, _ in seen["Alice"]}) == 2
    assert all(each == seen["Alice"] for each in seen.values())


async def test_spellings_of_a_name_share_a_budget(auth: Auth) -> None:
    await auth.register("Alice")
    for spelling in ("Alice", "ALICE", " alice ", "Ａlice", "alicE", "Alice"):
        await guess(auth, 1, spelling)
    assert (await Browser(auth, ADDRESSES[0]).sign_in("aLICE")).status_code == 429
    for spelling in ("alice@example.org", "ALICE@Example.org", " alice@EXAMPLE.org") * 2:
        await guess(auth, 1, spelling)
    assert (await Browser(auth, ADDRESSES[0]).sign_in("Alice@example.org")).status_code == 429


async def test_other_addresses_and_names_have_their_own_budgets(auth: Auth) -> None:
    await auth.register("Alice")
    await auth.register("Bob")
    await guess(auth, 6, "Alice")
    assert (await Browser(auth, ADDRESSES[0]).sign_in("Alice")).status_code == 429
    assert (await Browser(auth, ADDRESSES[0]).sign_in("Bob")).status_code == 200
    assert (await Browser(auth, ADDRESSES[1]).sign_in("Alice")).status_code == 200


async def test_one_address_cannot_try_one_name_after_another(parallel_auth: Auth) -> None:
    await parallel_auth.register("Alice")
    for number in range(51):
        await guess(parallel_auth, 1, f"name-{number}")
    assert told(await Browser(parallel_auth, ADDRESSES[0]).sign_in("Alice")) == (429, "1")
    assert (await Browser(parallel_auth, ADDRESSES[1]).sign_in("Alice")).status_code == 200
    for seconds in (1, 2, 4):
        parallel_auth.clock.advance(seconds=seconds)
        await guess(parallel_auth, 1, f"name-after-{seconds}")
        assert told(await Browser(parallel_auth, ADDRESSES[0]).sign_in("Alice")) == (
            429,
            str(2 * seconds),
        )


async def test_a_classroom_can_sign_in_from_one_address(parallel_auth: Auth) -> None:
    names = [f"pupil-{number}" for number in range(5)]
    for name in names:
        await parallel_auth.register(name)
    for _ in range(12):
        for name in names:
            assert (await Browser(parallel_auth).sign_in(name)).status_code == 200
    key = budgets.sign_ins_from(Browser(parallel_auth).address).key
    counted = dict(await parallel_auth.rows("SELECT key, attempts FROM throttles"))
    assert counted[key] == 0


async def test_guesses_from_many_addresses_are_limited_together(auth: Auth) -> None:
    await auth.register()
    for address in ADDRESSES[:21]:
        await guess(auth, 1, address=address)
    for seconds in (5, 10, 20):
        assert told(await Browser(auth, ADDRESSES[30]).sign_in(password=WRONG)) == (
            429,
            str(seconds),
        )
        auth.clock.advance(seconds=seconds)
        await guess(auth, 1, address=ADDRESSES[31])


async def test_distributed_guessing_does_not_lock_out_the_owner(auth: Auth) -> None:
    """This holds on a known device; on another one the owner waits like the guessers."""
    await auth.register()
    home = Browser(auth, device="the-browser-at-home")
    assert (await home.sign_in()).status_code == 200
    for address in ADDRESSES[:21]:
        await guess(auth, 1, address=address)
    new = Browser(auth, ADDRESSES[40], device="a-new-phone")
    assert told(await new.sign_in()) == (429, "5")
    assert (await home.sign_in()).status_code == 200
    assert (await home.at(ADDRESSES[41]).sign_in()).status_code == 200
    auth.clock.advance(seconds=5)
    assert (await new.sign_in()).status_code == 200


async def test_a_sign_in_of_the_owner_does_not_reset_the_guessers_limit(auth: Auth) -> None:
    await auth.register()
    home = await Browser(auth, device="the-browser-at-home").signed_in()
    for address in ADDRESSES[:21]:
        await guess(auth, 1, address=address)
    assert (await home.sign_in()).status_code == 200
    assert told(await Browser(auth, ADDRESSES[50]).sign_in(password=WRONG)) == (429, "5")


async def test_a_device_is_known_for_its_own_account_only(auth: Auth) -> None:
    await auth.register("Alice")
    await auth.register("Bob")
    bobs = Browser(auth, device="the-browser-of-bob")
    assert (await bobs.sign_in("Bob")).status_code == 200
    for name in ("Alice", "Nobody"):
        for address in ADDRESSES[:21]:
            await guess(auth, 1, name, address)
        assert told(await bobs.at(ADDRESSES[50]).sign_in(name)) == (429, "5")


async def test_addresses_of_one_ipv6_prefix_share_a_budget(auth: Auth) -> None:
    """A customer has 2^64 of them."""
    await auth.register()
    for number in range(6):
        await guess(auth, 1, address=f"2001:db8:0:7::{number}")
    assert told(await Browser(auth, "2001:db8:0:7:ffff::1").sign_in()) == (429, "2")
    await guess(auth, 1, address="2001:db8:0:8::1")


async def test_fifty_parallel_guesses_are_all_counted(another_auth: AnotherAuth) -> None:
    passwords = CountingPasswords()
    async with another_auth(committed=True, passwords=passwords) as auth:
        await auth.register()
        browser = Browser(auth)
        answers = await asyncio.gather(*(browser.sign_in(password=WRONG) for _ in range(50)))
        assert sorted(map(told, answers)) == [(401, None)] * 6 + [(429, "2")] * 44
        assert passwords.verified == 6


async def test_fifty_parallel_guesses_from_fifty_addresses_are_all_counted(
    another_auth: AnotherAuth,
) -> None:
    passwords = CountingPasswords()
    async with another_auth(committed=True, passwords=passwords) as auth:
        await auth.register()
        browsers = [Browser(auth, address) for address in ADDRESSES[:50]]
        answers = await asyncio.gather(*(each.sign_in(password=WRONG) for each in browsers))
        assert sorted(map(told, answers)) == [(401, None)] * 21 + [(429, "5")] * 29
        assert passwords.verified == 21


async def test_a_password_that_was_not_checked_does_not_count(another_auth: AnotherAuth) -> None:
    # Hashing is slow enough that the next request arrives meanwhile.
    small = PasswordHashing(OWASP_PARAMETERS, at_once=1, waiting=0)
    async with another_auth(committed=True, passwords=small) as auth:
        browsers = [Browser(auth, address) for address in ADDRESSES[:20]]
        answers = await asyncio.gather(*(each.sign_in("Nobody", WRONG) for each in browsers))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {401, 503}
        [counted] = await auth.rows("SELECT max(attempts) FROM throttles")
        assert counted == (statuses.count(401),)


async def test_empty_fields_do_not_count_as_an_attempt(auth: Auth) -> None:
    for _ in range(10):
        assert (await Browser(auth).sign_in("Alice", "")).status_code == 400
        assert (await Browser(auth).sign_in(" ", WRONG)).status_code == 400
    assert await auth.rows("SELECT * FROM throttles") == []


async def test_the_table_contains_no_typed_texts(auth: Auth) -> None:
    await Browser(auth).sign_in("hunter2-in-the-wrong-field", WRONG)
    stored = str(await auth.rows("SELECT throttles::text FROM throttles"))
    assert "hunter2" not in stored
    assert "203.0.113" not in stored


async def test_failed_sign_ins_are_in_the_security_log(auth: Auth) -> None:
    account_id = (await auth.register("Alice")).json()["id"]
    await auth.register("Bob")
    await guess(auth, 1, "Alice", ADDRESSES[3])
    await guess(auth, 1, "Nobody", ADDRESSES[3])
    rows = await auth.rows(
        "SELECT account_id::text, address, detail FROM security_events WHERE action = 'sign_in_failed'"
    )
    assert rows == [(account_id, ADDRESSES[3], {})]


async def test_days_of_guessing_add_a_few_rows_per_day(parallel_auth: Auth) -> None:
    """The guesses come from many addresses, as fast as the limits allow."""
    await parallel_auth.register()
    for number in range(150):
        await Browser(parallel_auth, f"2001:db8:0:{number}::1").sign_in(password=WRONG)
        parallel_auth.clock.advance(minutes=20)
    failed = (await security_log(parallel_auth)).count("sign_in_failed")
    days = 150 * 20 / 60 / 24
    assert 24 * days < failed + 2 < 26 * days + 12


async def test_parallel_failures_add_six_rows(parallel_auth: Auth) -> None:
    await parallel_auth.register()
    browsers = [Browser(parallel_auth, address) for address in ADDRESSES[:20]]
    await asyncio.gather(*(each.sign_in(password=WRONG) for each in browsers))
    assert (await security_log(parallel_auth)).count("sign_in_failed") == 6


async def test_throttled_attempts_are_counted_and_logged(auth: Auth) -> None:
    before = sign_ins("password")["throttled"]
    await auth.register()
    await guess(auth, 6)
    await Browser(auth, ADDRESSES[0]).sign_in(password="typed-while-waiting")
    assert sign_ins("password")["throttled"] == before + 1
    refused = auth.log.of("user-login")[-1]
    assert refused["event.reason"] == "throttled"
    # The address has its own field, by which attackers can be found, and is in no other.
    assert refused.pop("client.ip") == ADDRESSES[0]
    assert ADDRESSES[0] not in str(refused)
    assert "typed-while-waiting" not in str(auth.log.events)


async def test_a_password_that_was_replaced_meanwhile_does_not_sign_in(
    another_auth: AnotherAuth,
) -> None:
    """It was right when it was checked, but all sessions were ended before this one began."""
    passwords = CountingPasswords()
    async with another_auth(committed=True, passwords=passwords) as auth:
        await auth.register()
        new_hash = await passwords.hash("a new paddle and a new ball")

        async def change() -> None:
            await auth.execute("UPDATE accounts SET password_hash = :new_hash", new_hash=new_hash)

        passwords.afterwards = change
        assert (await Browser(auth).sign_in()).status_code == 401
        assert await auth.rows("SELECT * FROM sessions") == []
        assert (
            await Browser(auth).sign_in(password="a new paddle and a new ball")
        ).status_code == 200


async def test_a_sign_in_waits_for_a_running_password_change(parallel_auth: Auth) -> None:
    await parallel_auth.register()
    async with parallel_auth.db.get_session() as session, session.begin():
        await session.execute(CHANGE_PASSWORD)
        signing_in = asyncio.create_task(Browser(parallel_auth).sign_in(password=PASSWORD))
        done, _ = await asyncio.wait({signing_in}, timeout=0.5)
        assert not done
    assert (await signing_in).status_code == 401


async def test_a_wrong_guess_does_not_wait_for_a_sign_in(parallel_auth: Auth) -> None:
    """Its log row only needs the account to exist; otherwise guessers
    would queue with the owner."""
    await parallel_auth.register()
    async with parallel_auth.db.get_session() as session, session.begin():
        await session.execute(HOLD_ACCOUNTS)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await guess(parallel_auth, 1)
    assert (await security_log(parallel_auth)).count("sign_in_failed") == 1


async def test_many_parallel_sign_ins_with_an_old_hash_succeed(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    async with auth_database.committed() as db:
        async with running(settings, db) as auth:
            await auth.register()
        stronger = PasswordHashing(STRONGER)
        async with running(settings, db, passwords=stronger) as auth:
            answers = await asyncio.gather(*(Browser(auth).sign_in() for _ in range(5)))
            assert [answer.status_code for answer in answers] == [200] * 5
            [(stored,)] = await auth.rows("SELECT password_hash FROM accounts")
            assert not stronger.is_outdated(stored)
