"""A service requests tokens from auth only as often as necessary, and gets a
clear error if there is none."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncGenerator
from urllib.parse import parse_qs

import httpx
import pytest
from litestar import Litestar, Request, post
from litestar.datastructures import State
from litestar.response import Response

from tests.fixtures.clock import HandClock
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from transcendence_common.http_client import service_client
from transcendence_common.service_token_source import (
    EXPIRY_MARGIN_SECONDS,
    NoServiceToken,
    ServiceTokenSource,
)

SECRET = "only-for-tests-0123456789abcdefghij"
LIFETIME = 60
GOOD = object()


class Auth:
    """Stands in for auth: numbers its tokens, records the requests, and answers when allowed."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.status = 200
        self.body: object = GOOD

    def app(self) -> Litestar:
        @post("/internal/service-tokens")
        async def issue(request: Request[None, None, State]) -> Response[object]:
            body = parse_qs((await request.body()).decode())
            self.asked.append((request.headers["authorization"], body))
            await self.may_answer.wait()
            return Response(self._answer(), status_code=self.status)

        return Litestar([issue])

    def _answer(self) -> object:
        if self.body is not GOOD:
            return self.body
        return {
            "access_token": f"token {len(self.asked)}",
            "token_type": "Bearer",
            "expires_in": LIFETIME,
        }


@pytest.fixture
def auth() -> Auth:
    return Auth()


@pytest.fixture
async def client(auth: Auth) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with served(auth.app()) as url, service_client(url) as client:
        yield client


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def source(client: httpx.AsyncClient, clock: HandClock) -> ServiceTokenSource:
    return ServiceTokenSource(client, "tournament", SECRET, clock=clock.seconds)


async def test_name_and_secret_are_sent_with_the_request(
    auth: Auth, source: ServiceTokenSource
) -> None:
    assert await source.token("history") == "token 1"
    [(header, body)] = auth.asked
    assert b64decode(header.removeprefix("Basic ")).decode() == f"tournament:{SECRET}"
    assert body == {"grant_type": ["client_credentials"], "audience": ["history"]}


async def test_a_token_is_reused_until_shortly_before_its_expiry(
    source: ServiceTokenSource, clock: HandClock
) -> None:
    assert await source.token("history") == "token 1"
    clock.advance(seconds=LIFETIME - EXPIRY_MARGIN_SECONDS - 0.1)
    assert await source.token("history") == "token 1"
    clock.advance(seconds=0.2)
    assert await source.token("history") == "token 2"


async def test_each_audience_has_its_own_token(source: ServiceTokenSource) -> None:
    assert await source.token("history") == "token 1"
    assert await source.token("auth") == "token 2"
    assert await source.token("history") == "token 1"


async def test_fifty_parallel_callers_share_one_request(
    auth: Auth, source: ServiceTokenSource
) -> None:
    tokens = await asyncio.gather(*(source.token("history") for _ in range(50)))
    assert set(tokens) == {"token 1"}
    assert len(auth.asked) == 1


async def test_a_cancelled_caller_does_not_affect_the_others(
    auth: Auth, source: ServiceTokenSource
) -> None:
    auth.may_answer.clear()
    impatient = asyncio.create_task(source.token("history"))
    patient = asyncio.create_task(source.token("history"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not auth.asked:  # noqa: ASYNC110 - another server
            await asyncio.sleep(0.01)
    impatient.cancel()
    await asyncio.wait({impatient})
    auth.may_answer.set()
    assert await patient == "token 1"
    assert impatient.cancelled()


async def test_a_refusal_reaches_all_waiting_callers_and_the_next_one_retries(
    auth: Auth, source: ServiceTokenSource
) -> None:
    auth.status = 401
    found = await asyncio.gather(
        *(source.token("history") for _ in range(20)), return_exceptions=True
    )
    assert {str(error) for error in found} == {"auth: status 401"}
    assert {type(error) for error in found} == {NoServiceToken}
    assert len(auth.asked) == 1
    auth.status = 200
    assert await source.token("history") == "token 2"


async def test_a_valid_token_is_used_while_auth_refuses(
    auth: Auth, source: ServiceTokenSource
) -> None:
    assert await source.token("history") == "token 1"
    auth.status = 503
    assert await source.token("history") == "token 1"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "token",
        {"access_token": "x", "token_type": "Basic", "expires_in": 60},
        {"access_token": 7, "token_type": "Bearer", "expires_in": 60},
        {"access_token": "x", "token_type": "Bearer", "expires_in": "soon"},
    ],
)
async def test_an_invalid_answer_is_no_token(
    auth: Auth, source: ServiceTokenSource, body: object
) -> None:
    auth.body = body
    with pytest.raises(NoServiceToken, match="no token"):
        await source.token("history")


async def test_an_unavailable_auth_is_reported_without_the_secret(clock: HandClock) -> None:
    async with service_client("http://127.0.0.1:9") as client:
        source = ServiceTokenSource(client, "tournament", SECRET, clock=clock.seconds)
        with pytest.raises(NoServiceToken) as caught:
            await source.token("history")
    assert str(caught.value) == "auth: ConnectError"
