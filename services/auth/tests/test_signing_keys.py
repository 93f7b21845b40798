import asyncio

from cryptography.fernet import Fernet
from jose import jwt

from auth.settings import AuthSettings
from services.auth.tests.mailbox import verified
from services.auth.tests.service_under_test import ENCRYPTION_KEY, Auth, running, settings_for
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase

JWKS = "/.well-known/jwks.json"


async def kids_of(auth: Auth) -> list[str]:
    return [key["kid"] for key in (await auth.get(JWKS)).json()["keys"]]


def kid_of(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


async def test_the_key_set_contains_public_keys_only(auth: Auth) -> None:
    answer = await auth.get(JWKS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "max-age=300, public"
    [key] = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "alg", "use", "kid"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


async def test_private_keys_are_stored_encrypted(auth: Auth) -> None:
    [(stored,)] = await auth.rows("SELECT encrypted_pem FROM signing_keys")
    assert b"PRIVATE KEY" not in stored
    assert b"PRIVATE KEY" in Fernet(ENCRYPTION_KEY).decrypt(stored)


async def test_a_key_survives_a_restart(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    async with auth_database.rolled_back() as db:
        async with running(settings, db) as auth:
            token = (await auth.signed_in())["access_token"]
            assert len(auth.log.of("signing-key-created")) == 1
        async with running(settings, db) as auth:
            assert await auth.takes(token)
            assert auth.log.of("signing-key-created") == []


async def test_rotation_keeps_existing_tokens_valid(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    clock = HandClock()
    async with auth_database.rolled_back() as db:
        async with running(settings, db, clock=clock) as auth:
            await verified(auth, "Alice")
            [first] = await kids_of(auth)
        clock.advance(days=30, hours=-1)
        async with running(settings, db, clock=clock) as auth:
            first_again, second = await kids_of(auth)
            assert first_again == first
            clock.advance(minutes=55)
            old = (await auth.sign_in()).json()["access_token"]
            assert kid_of(old) == first
            clock.advance(minutes=5)
            new = (await auth.sign_in()).json()["access_token"]
            assert kid_of(new) == second
            assert await auth.takes(old)
            assert await auth.takes(new)
            clock.advance(minutes=15)
            assert await kids_of(auth) == [second]
            assert not await auth.takes(old)
        async with running(settings, db, clock=clock) as auth:
            assert await auth.rows("SELECT kid FROM signing_keys") == [(second,)]


async def test_replicas_that_start_in_parallel_share_one_key(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    async def kids(db_settings: AuthSettings) -> list[str]:
        async with auth_database.committed() as own_pool, running(db_settings, own_pool) as auth:
            await together.wait()
            assert (await auth.client.get("/health/ready")).status_code == 200
            return await kids_of(auth)

    together = asyncio.Barrier(4)
    found = await asyncio.gather(*(kids(settings) for _ in range(4)))
    assert [len(kids) for kids in found] == [1, 1, 1, 1]
    assert len({tuple(kids) for kids in found}) == 1


async def test_a_token_with_another_replicas_new_key_is_accepted(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    clock = HandClock()
    async with auth_database.rolled_back() as db, running(settings, db, clock=clock) as old_replica:
        await verified(old_replica, "Alice")
        clock.advance(days=30)
        async with running(settings, db, clock=clock) as new_replica:
            clock.advance(minutes=15)
            token = (await new_replica.sign_in()).json()["access_token"]
        assert kid_of(token) not in await kids_of(old_replica)
        assert await old_replica.takes(token)
        assert kid_of(token) in await kids_of(old_replica)


async def test_the_encryption_key_can_be_replaced(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    newest = Fernet.generate_key().decode()
    changed = settings_for(auth_database.url, auth_encryption_key=f"{newest},{ENCRYPTION_KEY}")
    async with auth_database.rolled_back() as db:
        async with running(settings, db) as auth:
            token = (await auth.signed_in())["access_token"]
        async with running(changed, db) as auth:
            assert await auth.takes(token)


async def test_a_wrong_encryption_key_is_reported_and_keeps_the_stored_keys(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    wrong = settings_for(auth_database.url, auth_encryption_key=Fernet.generate_key().decode())
    async with auth_database.rolled_back() as db:
        async with running(settings, db) as auth:
            await auth.register()
        async with running(wrong, db) as auth:
            ready = await auth.client.get("/health/ready")
            refused = await auth.sign_in()
            [event] = auth.log.of("periodic-work")
        async with running(settings, db) as auth:
            assert (await auth.sign_in()).status_code == 200
            assert await auth.rows("SELECT count(*) FROM signing_keys") == [(1,)]
    assert ready.json()["failing"] == ["signing_key"]
    assert refused.status_code == 503
    assert event["labels.work"] == "signing-keys-kept-up"
    assert "AUTH_ENCRYPTION_KEY" in event["error.message"]


async def test_a_key_that_cannot_be_decrypted_affects_only_its_own_tokens(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    clock = HandClock()
    other = settings_for(auth_database.url, auth_encryption_key=Fernet.generate_key().decode())
    both = settings_for(
        auth_database.url,
        auth_encryption_key=f"{other.auth_encryption_key.get_secret_value()},{ENCRYPTION_KEY}",
    )
    async with auth_database.rolled_back() as db, running(settings, db, clock=clock) as auth:
        await verified(auth, "Alice")
        clock.advance(days=30)
        async with running(both, db, clock=clock) as replica:
            clock.advance(minutes=15)
            theirs = (await replica.sign_in()).json()["access_token"]
        ours = (await auth.sign_in()).json()["access_token"]
        assert not await auth.takes(theirs)
        assert await auth.takes(ours)
