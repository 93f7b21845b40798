import asyncio
from dataclasses import replace

from argon2.profiles import CHEAPEST
from jose import jwt

from auth.accounts.hashing import PasswordHashing
from auth.settings import AuthSettings
from services.auth.tests.counted import sign_ins
from services.auth.tests.mailbox import verified
from services.auth.tests.service_under_test import PASSWORD, AnotherAuth, Auth, errors_of, running
from tests.fixtures.databases import ServiceDatabase


class CountingPasswords(PasswordHashing):
    """Real hashing that records what it has verified against."""

    def __init__(self) -> None:
        super().__init__(CHEAPEST)
        self.verified: list[str] = []

    def _hash_matches(self, stored: str, password: str) -> bool:
        self.verified.append(stored)
        return super()._hash_matches(stored, password)


async def test_name_and_password_return_tokens(auth: Auth) -> None:
    await auth.register("Alice")
    answer = await auth.sign_in("Alice")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)
    assert (await auth.get("/me", tokens["access_token"])).json()["username"] == "Alice"


async def test_an_existing_reserved_name_can_sign_in(auth: Auth) -> None:
    await auth.register("Alice")
    await auth.execute("UPDATE accounts SET username = 'admin', username_key = 'admin'")
    token = (await auth.sign_in("Admin")).json()["access_token"]
    assert (await auth.get("/me", token)).json()["username"] == "admin"


async def test_the_claims_are_those_of_the_contract(auth: Auth) -> None:
    account_id = (await auth.register("Alice")).json()["id"]
    token = (await auth.sign_in("Alice")).json()["access_token"]
    claims = jwt.get_unverified_claims(token)
    header = jwt.get_unverified_header(token)
    [(session_id,)] = await auth.rows("SELECT id FROM sessions")
    assert header == {"alg": "ES256", "typ": "JWT", "kid": header["kid"]}
    assert claims == {
        "iss": "transcendence",
        "aud": "transcendence",
        "sub": account_id,
        "name": "Alice",
        "roles": [],
        "sid": str(session_id),
        "iat": int(auth.clock.now.timestamp()),
        "exp": int(auth.clock.now.timestamp()) + 600,
    }


async def test_other_spellings_and_the_address_are_accepted_as_a_name(auth: Auth) -> None:
    await verified(auth, "Alice")
    for name in ("ALICE", " alice ", "ALICE@Example.org"):
        assert (await auth.sign_in(name)).status_code == 200


async def test_an_unverified_address_is_not_accepted_as_a_name(auth: Auth) -> None:
    """Otherwise a person who claims another's address could find out with their own password
    whether it has an account."""
    await auth.register("Mallory", email="Alice@example.org")
    alone = await auth.sign_in("alice@example.org")
    await auth.register("Alice", email="Alice@example.org")
    both = await auth.sign_in("alice@example.org")
    assert [alone.status_code, both.status_code] == [401, 401]
    assert (await auth.sign_in("Mallory")).status_code == 200


async def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(auth: Auth) -> None:
    await auth.register("Alice")
    wrong = await auth.sign_in("Alice", "another password")
    unknown = [await auth.sign_in(name) for name in ("Nobody", "nobody@example.org", "a\x00b", "<")]
    for answer in (wrong, *unknown):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == wrong.json()
    assert wrong.json()["code"] == "wrong_credentials"


async def test_an_unknown_name_costs_the_same_hash(another_auth: AnotherAuth) -> None:
    passwords = CountingPasswords()
    async with another_auth(passwords=passwords) as auth:
        await auth.register("Alice")
        await auth.sign_in("Alice", "another password")
        await auth.sign_in("Nobody", "another password")
    assert len(passwords.verified) == 2
    real, placeholder = (stored.split("$")[1:4] for stored in passwords.verified)
    assert real == placeholder


async def test_empty_fields_are_named(auth: Auth) -> None:
    answer = await auth.client.post("/api/user/login", json={"username": " "})
    assert answer.status_code == 400
    assert set(errors_of(answer)) == {"username", "password"}


async def test_each_sign_in_starts_its_own_session(auth: Auth) -> None:
    first = await auth.signed_in("Alice")
    second = (await auth.sign_in("Alice")).json()
    await auth.sign_out(first["refresh_token"])
    assert (await auth.renew(first["refresh_token"])).status_code == 401
    assert (await auth.renew(second["refresh_token"])).status_code == 200


async def test_many_parallel_sign_ins_succeed(parallel_auth: Auth) -> None:
    names = [f"Alice-{number}" for number in range(20)]
    for name in names:
        await parallel_auth.register(name)
    answers = await asyncio.gather(*(parallel_auth.sign_in(name) for name in names))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert await parallel_auth.rows("SELECT count(*) FROM sessions") == [(20,)]


async def test_sign_ins_beyond_the_queue_are_told_to_retry(another_auth: AnotherAuth) -> None:
    small = PasswordHashing(replace(CHEAPEST, time_cost=50, memory_cost=1024), at_once=1, waiting=2)
    async with another_auth(committed=True, passwords=small) as auth:
        before = sign_ins("password")["busy"]
        answers = await asyncio.gather(*(auth.sign_in(f"Nobody-{n}") for n in range(10)))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {401, 503}
        busy = next(answer for answer in answers if answer.status_code == 503)
        assert busy.json()["code"] == "busy"
        assert busy.headers["retry-after"]
        assert sign_ins("password")["busy"] - before == statuses.count(503)


async def test_a_hash_with_old_parameters_is_replaced_at_the_next_sign_in(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    stronger = PasswordHashing(replace(CHEAPEST, time_cost=2))
    async with auth_database.rolled_back() as db:
        async with running(settings, db) as auth:
            await auth.register("Alice")
            hashes = await auth.rows("SELECT password_hash FROM accounts")
        async with running(settings, db, passwords=stronger) as auth:
            for _ in range(2):
                assert (await auth.sign_in("Alice")).status_code == 200
                hashes += await auth.rows("SELECT password_hash FROM accounts")
    assert [hash_.split("$")[3] for (hash_,) in hashes] == [
        "m=8,t=1,p=1",
        "m=8,t=2,p=1",
        "m=8,t=2,p=1",
    ]
    assert hashes[1] == hashes[2]


async def test_results_are_counted_and_logged_without_typed_texts(auth: Auth) -> None:
    results = ("success", "wrong_password", "unknown_account")
    before = sign_ins("password")
    account_id = (await auth.register("Alice")).json()["id"]
    await auth.sign_in("Alice")
    await auth.sign_in("Alice", "hunter2-typed-wrong")
    await auth.sign_in("typed-password-as-name", "whatever")
    assert sign_ins("password") - before == dict.fromkeys(results, 1)
    events = auth.log.of("user-login")
    assert [event.get("event.reason") for event in events] == [None, *results[1:]]
    assert [event.get("user.id") for event in events] == [account_id, account_id, None]
    for secret in (PASSWORD, "hunter2-typed-wrong", "typed-password-as-name", "@example.org"):
        assert secret not in str(auth.log.events)


async def test_another_site_cannot_sign_a_player_in(auth: Auth) -> None:
    answer = await auth.client.post(
        "/api/user/login", json={}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
