"""Services identify themselves by tokens that cannot be replaced by any others."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import msgspec
import pytest
from jose.backends.base import Key
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from tests.fixtures.cast import ALICE, AUDIENCE, ISSUER, KEY, Person, SigningKey
from tests.fixtures.clients import client_of, refusal
from tests.fixtures.services import NO_SERVICE, Headers, service_claims, service_headers
from transcendence_common.app import create_app
from transcendence_common.identity import AccessTokens, KeySource, Player
from transcendence_common.problems import NotSignedIn, Unavailable
from transcendence_common.service_identity import ServiceTokens, called_by
from transcendence_common.settings import Settings

US = "sample"
NOTE = {"text": "hello"}


class Note(msgspec.Struct):
    text: str


@post("/notes")
async def take_note(data: JSONBody[Note]) -> Note:
    return data


@get("/letters", opt=called_by("auth", "history"))
async def read_letters() -> str:
    return "hush"


@get("/visitor")
async def who_if_anyone(visitor: NamedDependency[Player | None]) -> dict[str, str | None]:
    return {"name": visitor.name if visitor else None}


class NoKeys:
    async def find(self, _: str) -> Key | None:
        raise Unavailable("The keys cannot be had.")


def client_with(keys: KeySource) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    return client_of(
        create_app(
            US,
            Settings(environment="test"),
            features=[who_if_anyone],
            internal=[take_note, read_letters],
            keys=keys,
            api_path="/api/sample",
        )
    )


@pytest.fixture
async def client(signing_key: SigningKey) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with client_with(signing_key) as client:
        yield client


async def test_a_service_token_is_accepted(client: httpx.AsyncClient) -> None:
    headers = service_headers(KEY, US)
    answer = await client.post("/internal/notes", json=NOTE, headers=headers)
    assert (answer.status_code, answer.json()) == (201, NOTE)


@pytest.mark.parametrize("show", NO_SERVICE.values(), ids=NO_SERVICE)
async def test_other_tokens_are_refused(
    client: httpx.AsyncClient, show: Callable[[Person, str], Headers]
) -> None:
    answer = await client.post("/internal/notes", json=NOTE, headers=show(ALICE, US))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_signed_in"


async def test_the_body_of_an_unauthenticated_request_is_not_parsed(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.post("/internal/notes", content=b"{")).status_code == 401


async def test_the_body_of_a_service_is_parsed(client: httpx.AsyncClient) -> None:
    headers = service_headers(KEY, US)
    answer = await client.post("/internal/notes", content=b"{", headers=headers)
    assert refusal(answer) == (400, "malformed")


@pytest.mark.parametrize(
    ("caller", "status"), [("auth", 200), ("history", 200), ("tournament", 403)]
)
async def test_a_handler_names_the_services_that_may_call_it(
    client: httpx.AsyncClient, caller: str, status: int
) -> None:
    headers = service_headers(KEY, US, sub=f"service:{caller}")
    answer = await client.get("/internal/letters", headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "wrong_service"
    assert (await client.post("/internal/notes", json=NOTE, headers=headers)).status_code == 201


async def test_a_service_is_told_to_retry_while_no_key_is_available() -> None:
    async with client_with(NoKeys()) as client:
        headers = service_headers(KEY, US)
        answer = await client.post("/internal/notes", json=NOTE, headers=headers)
    assert refusal(answer) == (503, "unavailable")


async def test_internal_addresses_are_in_no_document(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/sample/schema")).json()
    assert list(document["paths"]) == ["/visitor"]


async def test_the_handler_gets_the_name_of_the_caller() -> None:
    tokens = ServiceTokens(KEY, issuer=ISSUER, audience=US)
    assert await tokens.verify(KEY.sign(service_claims(US))) == "auth"


@pytest.mark.parametrize("audience", [US, AUDIENCE])
async def test_a_service_token_is_no_access_token(client: httpx.AsyncClient, audience: str) -> None:
    answer = await client.get("/visitor", headers=service_headers(KEY, audience))
    assert answer.status_code == 401


async def test_a_service_subject_with_a_players_claims_is_no_access_token() -> None:
    tokens = AccessTokens(ALICE.key, issuer=ISSUER, audience=AUDIENCE)
    with pytest.raises(NotSignedIn):
        await tokens.verify(ALICE.key.sign(ALICE.claims(sub="service:auth")))


async def test_an_access_token_is_no_service_token_even_with_the_same_audience() -> None:
    tokens = ServiceTokens(ALICE.key, issuer=ISSUER, audience=AUDIENCE)
    with pytest.raises(NotSignedIn):
        await tokens.verify(ALICE.token)
