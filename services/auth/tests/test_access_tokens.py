import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from jose import jwt

from auth.settings import AuthSettings
from services.auth.tests.service_under_test import Auth, HandClock, running
from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.databases import ServiceDatabase


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def kid_of(auth: Auth) -> str:
    kid: str = (await auth.get("/.well-known/jwks.json")).json()["keys"][0]["kid"]
    return kid


async def claims_of(auth: Auth) -> dict[str, Any]:
    return jwt.get_unverified_claims((await auth.signed_in())["access_token"])


async def test_token_signed_by_another_key_is_refused(auth: Auth, alice: Person) -> None:
    assert not await auth.takes(alice.token)


async def test_token_signed_by_another_key_under_our_key_id_is_refused(auth: Auth) -> None:
    forger = SigningKey(kid=await kid_of(auth))
    assert not await auth.takes(forger.sign(await claims_of(auth)))


async def test_expired_token_is_refused(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    clock = HandClock()
    clock.advance(minutes=-9)
    async with auth_database.rolled_back() as db, running(settings, db, clock=clock) as auth:
        young = (await auth.signed_in())["access_token"]
        clock.advance(minutes=-2)
        await auth.execute(
            "UPDATE signing_keys SET created_at = :then, active_from = :then", then=clock.now
        )
        async with running(settings, db, clock=clock) as replica:
            expired = (await replica.sign_in()).json()["access_token"]
            assert not await replica.takes(expired)
        # A token from ahead of the clock is refused too.
        clock.advance(minutes=2)
        assert await auth.takes(young)
        assert not await auth.takes(expired)


async def test_unsigned_token_is_refused(auth: Auth) -> None:
    claims = part(await claims_of(auth))
    header = {"typ": "JWT", "kid": await kid_of(auth)}
    for algorithm in ("none", "None", "ES256"):
        assert not await auth.takes(f"{part({**header, 'alg': algorithm})}.{claims}.")


async def test_token_keyed_with_our_public_key_is_refused(auth: Auth) -> None:
    kid = await kid_of(auth)
    claims = await claims_of(auth)
    token = jwt.encode(claims, "not-a-secret", "HS256", headers={"kid": kid})
    assert not await auth.takes(token)


async def test_changed_claims_are_refused(auth: Auth) -> None:
    token = (await auth.signed_in())["access_token"]
    header, claims, signature = token.split(".")
    changed = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    changed["roles"] = ["admin"]
    assert await auth.takes(token)
    assert not await auth.takes(f"{header}.{part(changed)}.{signature}")


async def test_token_of_an_unknown_key_is_refused_again_and_again(auth: Auth) -> None:
    for number in range(3):
        stranger = Person("Alice", SigningKey(kid=f"made-up-{number}"))
        assert not await auth.takes(stranger.token)
