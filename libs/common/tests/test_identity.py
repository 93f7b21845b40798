import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable

import httpx
import pytest
from jose import jwt

from tests.fixtures.cast import ALICE, Person, SigningKey
from tests.fixtures.clients import refusal
from transcendence_common.identity import LEEWAY_SECONDS, LONGEST_NAME

HMAC_SECRET = "not the key"


async def test_a_valid_token_names_the_player(client: httpx.AsyncClient) -> None:
    answer = await client.get("/me", headers=ALICE.headers)
    assert answer.json() == {"name": "Alice"}


async def test_a_visitor_without_a_token_is_anonymous(client: httpx.AsyncClient) -> None:
    assert (await client.get("/visitor")).json() == {"name": None}


async def test_a_handler_that_needs_a_player_refuses_anonymous_visitors(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_issued_slightly_in_the_future_is_accepted(client: httpx.AsyncClient) -> None:
    token = ALICE.key.sign(ALICE.claims(iat=time.time() + LEEWAY_SECONDS - 1))
    answer = await client.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def with_other_claims(token: str, claims_of: str) -> str:
    """Return a token with its signature and the claims of another token."""
    header, _, signature = token.split(".")
    return ".".join((header, claims_of.split(".")[1], signature))


def with_algorithm(who: Person, name: str) -> str:
    """Return a genuine token whose header claims another algorithm."""
    header = json.dumps({"typ": "JWT", "alg": name, "kid": who.key.kid}).encode()
    _, claims, signature = who.token.split(".")
    return ".".join((urlsafe_b64encode(header).rstrip(b"=").decode(), claims, signature))


FORGERIES: dict[str, Callable[[Person], str]] = {
    "signed by another key": lambda who: SigningKey(who.key.kid).sign(who.claims()),
    "unknown key id": lambda who: SigningKey("other").sign(who.claims()),
    "expired": lambda who: who.key.sign(who.claims(exp=int(time.time()) - 1)),
    "padded": lambda who: f"{who.token}=",
    "with a space": lambda who: who.token.replace(".", " .", 1),
    "longer than a header": lambda who: who.key.sign(who.claims(more="x" * 4096)),
    "made in the future": lambda who: who.key.sign(who.claims(iat=int(time.time()) + 3600)),
    "made at no time": lambda who: who.key.sign(who.claims(iat=None)),
    "made at a time in words": lambda who: who.key.sign(who.claims(iat="0")),
    "valid from a time in words": lambda who: who.key.sign(who.claims(nbf="0")),
    "not yet valid": lambda who: who.key.sign(who.claims(nbf=int(time.time()) + 60)),
    "no expiry": lambda who: who.key.sign(who.claims(exp=None)),
    "expiry as text": lambda who: who.key.sign(who.claims(exp="9999999999")),
    "no subject": lambda who: who.key.sign(who.claims(sub=None)),
    "subject is no id": lambda who: who.key.sign(who.claims(sub="alice")),
    "no session": lambda who: who.key.sign(who.claims(sid=None)),
    "no roles": lambda who: who.key.sign(who.claims(roles=None)),
    "roles are no list": lambda who: who.key.sign(who.claims(roles="admin")),
    "no name": lambda who: who.key.sign(who.claims(name=None)),
    "empty name": lambda who: who.key.sign(who.claims(name="")),
    "name of a novel": lambda who: who.key.sign(who.claims(name="x" * (LONGEST_NAME + 1))),
    "name that no database stores": lambda who: who.key.sign(who.claims(name="Al\x00ice")),
    "name of two lines": lambda who: who.key.sign(who.claims(name="Alice\n")),
    "other issuer": lambda who: who.key.sign(who.claims(iss="elsewhere")),
    "other audience": lambda who: who.key.sign(who.claims(aud="history")),
    "no audience": lambda who: who.key.sign(who.claims(aud=None)),
    "critical extension": lambda who: who.key.sign(who.claims(), crit=["exp"]),
    "key id is no text": lambda who: who.key.sign(who.claims(), kid=7),
    "symmetric": lambda who: jwt.encode(
        who.claims(), HMAC_SECRET, algorithm="HS256", headers={"kid": who.key.kid}
    ),
    "unsigned": lambda who: f"{who.token.rpartition('.')[0]}.",
    "says that it is unsigned": lambda who: with_algorithm(who, "none"),
    "says so in capitals": lambda who: with_algorithm(who, "None"),
    "claims of another token": lambda who: with_other_claims(
        who.token, who.key.sign(who.claims(roles=["admin"]))
    ),
    "not a token": lambda _: "abc",
    "empty": lambda _: "",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
async def test_a_bad_token_is_refused_even_where_none_is_needed(
    client: httpx.AsyncClient, forge: Callable[[Person], str]
) -> None:
    answer = await client.get("/visitor", headers={"Authorization": f"Bearer {forge(ALICE)}"})
    assert refusal(answer) == (401, "not_signed_in")


async def test_another_scheme_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/visitor", headers={"Authorization": "Basic YTpi"})
    assert answer.status_code == 401


async def test_a_user_id_header_identifies_no_player(client: httpx.AsyncClient) -> None:
    answer = await client.get("/visitor", headers={"X-User-Id": str(ALICE.id)})
    assert answer.json() == {"name": None}
