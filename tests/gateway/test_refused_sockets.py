"""A refused WebSocket gets a problem like any other request, from the gateway and the services."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.replicas import Replica, running
from tests.gateway.sockets import PROBLEM, cookie, opened, problem, refusal
from tests.gateway.tokens import SigningKey

pytestmark = pytest.mark.image

PATH = "/api/tournament/matches/1/play"
TOO_MANY = 5
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with running(Replica("tournament")) as replica:
        yield replica


@pytest.fixture(scope="module")
def before_replica(services: Services, replica: Replica) -> Iterator[Gateway]:
    with running_gateway(replace(services, tournament=replica)) as gateway:
        yield gateway


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic eDp5"},
        {"Cookie": "__Host-access=x.y.z"},
    ],
)
async def test_a_socket_without_a_good_token_is_refused(
    gateway: Gateway, services: Services, headers: dict[str, str]
) -> None:
    before = len(services.tournament.seen)
    refused = await refusal(gateway, PATH, headers)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert problem(refused)["code"] == "not_signed_in"
    assert len(services.tournament.seen) == before


@pytest.mark.parametrize(
    "values",
    [
        {"GATEWAY_API_RATE": "1r/m", "GATEWAY_API_BURST": "1"},
        {"GATEWAY_STREAMS": "1"},
        {"GATEWAY_CONNECTIONS": "2"},
    ],
)
async def test_a_socket_beyond_a_limit_is_told_when_to_retry(
    services: Services, key: SigningKey, values: dict[str, str]
) -> None:
    reads = services.auth.key_reads
    with running_gateway(services, values) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        refused = await one_too_many(gateway, cookie(key))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert problem(refused)["code"] == "too_many_requests"


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 503])
async def test_a_refusal_of_the_service_is_passed_on(
    before_replica: Gateway, replica: Replica, key: SigningKey, status: int
) -> None:
    replica.refusal = status
    refused = await refusal(before_replica, PATH, cookie(key))
    assert refused.status_code == status
    assert problem(refused)["code"] == "of_the_service"
    assert refused.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_a_socket_to_an_unavailable_service_is_told_when_to_retry(
    services: Services, key: SigningKey
) -> None:
    with (
        running(Replica("tournament")) as replica,
        running_gateway(replace(services, tournament=replica)) as gateway,
    ):
        async with opened(gateway, PATH, cookie(key)):
            pass
        replica.stop()
        refused = await refusal(gateway, PATH, cookie(key))
        assert refused.status_code == 502
        assert int(refused.headers["Retry-After"]) > 0
        assert problem(refused)["code"] == "bad_gateway"


@pytest.mark.parametrize(
    "changes",
    [
        {"Upgrade": "h2c"},
        {"Upgrade": "websocket, h2c"},
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Version": ""},
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "short=="},
        {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="},
    ],
)
def test_an_invalid_handshake_reaches_no_service(
    client: httpx.Client, services: Services, signed_in: dict[str, str], changes: dict[str, str]
) -> None:
    before = len(services.tournament.seen)
    reply = client.get(PATH, headers={**signed_in, **HANDSHAKE, **changes})
    assert reply.status_code == 400
    assert reply.headers["Content-Type"] == PROBLEM
    assert reply.json()["code"] == "bad_request"
    assert len(services.tournament.seen) == before


def test_a_handshake_with_post_reaches_no_service(
    client: httpx.Client, services: Services, signed_in: dict[str, str]
) -> None:
    before = len(services.tournament.seen)
    reply = client.post(PATH, headers={**signed_in, **HANDSHAKE}, content=b"x")
    assert (reply.status_code, reply.headers["Content-Type"]) == (400, PROBLEM)
    assert len(services.tournament.seen) == before


async def test_subprotocols_and_extensions_are_not_passed_on(
    gateway: Gateway, services: Services, key: SigningKey
) -> None:
    offers = {"Sec-WebSocket-Protocol": ",,", "Sec-WebSocket-Extensions": "=;"}
    async with opened(gateway, PATH, {**cookie(key), **offers}, compression=None):
        pass
    assert [services.tournament.last.all(name) for name in offers] == [[], []]


def test_a_plain_request_to_a_socket_address_reaches_the_service(
    client: httpx.Client, services: Services, signed_in: dict[str, str]
) -> None:
    assert client.get(PATH, headers=signed_in).status_code == 200
    assert services.tournament.last.all("upgrade") == []


async def one_too_many(gateway: Gateway, headers: dict[str, str]) -> Response:
    async with AsyncExitStack() as held:
        for _ in range(TOO_MANY):
            try:
                await held.enter_async_context(opened(gateway, PATH, headers))
            except InvalidStatus as refused:
                return refused.response
    raise AssertionError(f"{TOO_MANY} sockets are none too many")
