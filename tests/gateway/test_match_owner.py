"""A socket that reaches the wrong replica is passed on to the match's owner, and nowhere else."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from statistics import median
from time import monotonic

import pytest

from tests.fixtures.patience import PATIENCE_SECONDS
from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.replicas import OWNER_LOCATION, Replica, running
from tests.gateway.sockets import (
    PROBLEM,
    answer,
    cookie,
    opened,
    problem,
    refusal,
)
from tests.gateway.tokens import ALICE, SigningKey

pytestmark = pytest.mark.image

ROUNDS = 30
DELAYED_ACKNOWLEDGEMENT_SECONDS = 0.04
PATH = "/api/tournament/matches/1/play"
WATCHED = "/api/tournament/matches/1/watch"


@pytest.fixture(scope="module")
def owner() -> Iterator[Replica]:
    with running(Replica("owner")) as replica:
        yield replica


@pytest.fixture(scope="module")
def asked() -> Iterator[Replica]:
    """The replica that the gateway knows."""
    with running(Replica("asked")) as replica:
        yield replica


@pytest.fixture(scope="module")
def gateway(services: Services, asked: Replica) -> Iterator[Gateway]:
    with gateway_before(services, asked) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def as_new(owner: Replica, asked: Replica) -> None:
    """Reset both replicas: `asked` names `owner`, and neither has received a request."""
    owner.owner, asked.owner = None, owner.address
    owner.seen.clear()
    asked.seen.clear()


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", WATCHED])
async def test_a_socket_reaches_the_owner_through_another_replica(
    gateway: Gateway, owner: Replica, asked: Replica, key: SigningKey, path: str
) -> None:
    async with opened(gateway, path, cookie(key)) as open_socket:
        for frame in (b"\x01\x00\x00\x00\x05\xff", b"\x03"):
            await open_socket.send(frame)
            assert await answer(open_socket) == frame
    assert (len(asked.seen), len(owner.seen)) == (1, 1)
    assert owner.last.target == path


async def test_small_frames_are_not_delayed(gateway: Gateway, key: SigningKey) -> None:
    """With Nagle's algorithm, a frame would wait for the acknowledgement of the previous one."""
    seconds = []
    async with opened(gateway, PATH, cookie(key)) as open_socket:
        for _ in range(ROUNDS):
            started = monotonic()
            for frame in (b"\x03", b"\x03", b"\x03"):
                await open_socket.send(frame)
            for _ in range(3):
                await answer(open_socket)
            seconds.append(monotonic() - started)
    assert median(seconds) < DELAYED_ACKNOWLEDGEMENT_SECONDS


async def test_the_owner_receives_the_same_request_as_the_first_replica(
    gateway: Gateway, owner: Replica, asked: Replica, key: SigningKey
) -> None:
    token = key.token()
    headers = {"Cookie": f"__Host-access={token}", "Origin": gateway.url, "X-User-Id": "1"}
    async with opened(gateway, f"{PATH}?after=a%20b", headers):
        pass
    seen = owner.last
    assert seen.target == f"{PATH}?after=a%20b"
    assert seen.one("authorization") == f"Bearer {token}"
    for name in ("x-request-id", "host", "origin", "x-real-ip", "x-forwarded-for"):
        assert seen.one(name) == asked.last.one(name), name
        assert seen.one(name), name
    for name in ("cookie", "x-user-id", "sec-websocket-extensions"):
        assert seen.all(name) == [], name
    request = seen.one("x-request-id")
    (line,) = gateway.log_lines(lambda line: line["http"]["request"]["id"] == request)
    assert line["http"]["response"]["status_code"] == 101
    assert line["url"]["path"] == PATH
    assert line["user"]["id"] == ALICE
    assert line["nginx"]["upstream"]["address"] == f"{asked.address} : {owner.address}"


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_an_owner_may_have_an_ipv6_address(services: Services, key: SigningKey) -> None:
    """No program listens there; the error shows that the address was tried."""
    with (
        running(Replica("asked", owner="[::1]:9")) as asked,
        gateway_before(services, asked) as gateway,
    ):
        assert (await refusal(gateway, PATH, cookie(key))).status_code == 502
        # In a container nginx's log comes through a pipe, possibly after the answer.
        wait_for(lambda: "http://[::1]:9/" in gateway.errors(), "the address in the log")


async def test_a_passed_on_socket_counts_once_for_each_limit(
    services: Services, asked: Replica, key: SigningKey
) -> None:
    values = {"GATEWAY_STREAMS": "2", "GATEWAY_API_RATE": "6r/m", "GATEWAY_API_BURST": "3"}
    alice = cookie(key)
    with gateway_before(services, asked, values) as gateway:
        # The gateway verifies the token with this request, which counts for the address.
        async with opened(gateway, PATH, alice):
            pass
        async with opened(gateway, PATH, alice), opened(gateway, PATH, alice):
            assert (await refusal(gateway, PATH, alice)).status_code == 429
        # This one takes the free place, and the last of four requests in the budget.
        async with opened(gateway, PATH, alice):
            pass
        refused = await refusal(gateway, PATH, alice)
        assert refused.status_code == 429
        assert problem(refused)["code"] == "too_many_requests"


async def test_anonymous_sockets_per_address_are_limited(
    services: Services, asked: Replica
) -> None:
    with gateway_before(services, asked, {"GATEWAY_STRANGERS": "2"}) as gateway:
        async with opened(gateway, WATCHED, {}), opened(gateway, WATCHED, {}):
            refused = await refusal(gateway, WATCHED, {})
            assert (refused.status_code, problem(refused)["code"]) == (429, "too_many_requests")


async def test_an_unreachable_owner_gets_a_problem_with_a_time_to_retry(
    gateway: Gateway, asked: Replica, key: SigningKey
) -> None:
    with running(Replica("owner")) as owner:
        asked.owner = owner.address
        owner.stop()
        refused = await refusal(gateway, PATH, cookie(key))
        assert refused.status_code == 502
        assert int(refused.headers["Retry-After"]) > 0
        assert problem(refused)["code"] == "bad_gateway"
        # The gateway does not retry on behalf of the client.
        assert len(asked.seen) == 1

        owner.start()
        async with opened(gateway, PATH, cookie(key)) as open_socket:
            await open_socket.send("ping")
            assert await answer(open_socket) == "ping"


async def test_an_owner_that_does_not_answer_is_given_up_soon(
    services: Services, key: SigningKey
) -> None:
    with ExitStack() as held:
        # The queue for connections is full, so that packets to this port are never answered.
        deaf = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = deaf.getsockname()
        for _ in range(2):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        asked = held.enter_context(running(Replica("asked", owner=f"127.0.0.1:{address[1]}")))
        gateway = held.enter_context(gateway_before(services, asked))
        async with asyncio.timeout(PATIENCE_SECONDS):
            refused = await refusal(gateway, PATH, cookie(key))
        assert refused.status_code == 504
        assert int(refused.headers["Retry-After"]) > 0
        assert problem(refused)["code"] == "gateway_timeout"


async def test_an_owner_that_names_another_owner_is_not_followed(
    gateway: Gateway, owner: Replica, asked: Replica, key: SigningKey
) -> None:
    owner.owner = asked.address
    refused = await refusal(gateway, PATH, cookie(key))
    assert refused.status_code == 503
    assert problem(refused)["code"] == "of_the_service"
    assert "X-Accel-Redirect" not in refused.headers
    assert (len(asked.seen), len(owner.seen)) == (1, 1)


@pytest.mark.parametrize(
    "address",
    [
        "owner.test:8003",
        "127.0.0.1",
        "127.0.0.1:port",
        "127.0.0.1:123456",
        "user@127.0.0.1:8003",
        "127.0.0.1:8003@evil.test",
        "0x7f000001:8003",
        "unix:/run/x.sock:",
        "[::1]",
        "[evil.test]:8003",
        "",
    ],
)
async def test_only_numeric_addresses_are_accepted(
    gateway: Gateway, owner: Replica, asked: Replica, key: SigningKey, address: str
) -> None:
    asked.owner = address
    refused = await refusal(gateway, PATH, cookie(key))
    assert refused.status_code == 404
    assert problem(refused)["code"] == "not_found"
    assert owner.seen == []


async def test_only_the_address_of_the_answer_is_used(
    gateway: Gateway, owner: Replica, asked: Replica, key: SigningKey
) -> None:
    """A path in the answer is ignored: the gateway has not checked it."""
    asked.owner = f"{owner.address}/api/tournament/../../internal/x?y=z#"
    refused = await refusal(gateway, PATH, cookie(key))
    assert refused.status_code == 404
    asked.owner = f"{owner.address}/api/tournament/elsewhere"
    async with opened(gateway, PATH, cookie(key)):
        pass
    assert [seen.target for seen in owner.seen] == [PATH]


async def test_a_client_cannot_choose_the_address(
    gateway: Gateway, owner: Replica, asked: Replica, key: SigningKey
) -> None:
    asked.owner = None
    location = f"{OWNER_LOCATION}{owner.address}"
    headers = {**cookie(key), "X-Accel-Redirect": f"{location}{PATH}"}
    async with opened(gateway, PATH, headers) as open_socket:
        await open_socket.send("ping")
        assert await answer(open_socket) == "ping"
    for path in (f"{location}{PATH}", location, f"{OWNER_LOCATION}[::1]:9{PATH}"):
        assert (await refusal(gateway, path, headers)).status_code == 404
    with gateway.client() as client:
        for method in ("GET", "POST"):
            reply = client.request(method, f"{location}{PATH}", headers=headers)
            assert (reply.status_code, reply.headers["Content-Type"]) == (404, PROBLEM)
    assert owner.seen == []


def test_other_answers_cannot_redirect_to_an_owner(
    own_services: Services,
    owner: Replica,
    signed_in: dict[str, str],
    subtests: pytest.Subtests,
) -> None:
    target = f"{OWNER_LOCATION}{owner.address}{PATH}"
    for service in vars(own_services).values():
        service.answer_headers = [("x-accel-redirect", target), ("x-accel-expires", "9")]
    with running_gateway(own_services) as gateway, gateway.client() as client:
        for path in (
            "/",
            "/live",
            "/api/user/me",
            "/api/user/events",
            "/api/history/matches",
            "/api/tournament/tournaments",
            "/api/tournament/tournaments/1/events",
        ):
            owner.seen.clear()
            with subtests.test(path), client.stream("GET", path, headers=signed_in) as reply:
                assert reply.status_code == 200
                assert not [name for name in reply.headers if name.startswith("x-accel")]
                assert owner.seen == []


async def test_a_client_identified_at_the_first_replica_is_identified_at_the_owner(
    gateway: Gateway, owner: Replica, key: SigningKey
) -> None:
    header = {"Authorization": f"Bearer {key.token()}"}
    async with opened(gateway, PATH, header):
        assert owner.last.one("authorization") == header["Authorization"]
    # The header takes precedence if both are valid.
    async with opened(gateway, PATH, {**cookie(key, "Bob"), **header}):
        assert owner.last.one("authorization") == header["Authorization"]
    # Watching needs no account.
    async with opened(gateway, WATCHED, {}):
        assert owner.last.all("authorization") == []
    request = owner.last.one("x-request-id")
    (line,) = gateway.log_lines(lambda line: line["http"]["request"]["id"] == request)
    assert line["url"]["path"] == WATCHED
    assert line["user"]["id"] == ""


async def test_open_sockets_survive_a_reload(
    services: Services, asked: Replica, key: SigningKey
) -> None:
    with gateway_before(services, asked, {"GATEWAY_WORKERS": "1"}) as gateway:

        def worker() -> int:
            with gateway.client() as client:
                request = client.get("/").headers["X-Request-ID"]
            (line,) = gateway.log_lines(lambda line: line["http"]["request"]["id"] == request)
            return int(line["process"]["pid"])

        first = worker()
        async with opened(gateway, PATH, cookie(key)) as before:
            gateway.reload()
            wait_for(lambda: worker() != first, "the new worker")
            async with opened(gateway, PATH, cookie(key)) as after:
                for open_socket in (before, after):
                    await open_socket.send("ping")
                    assert await answer(open_socket) == "ping"


@contextmanager
def gateway_before(
    services: Services, asked: Replica, values: dict[str, str] | None = None
) -> Iterator[Gateway]:
    reads = services.auth.key_reads
    with running_gateway(replace(services, tournament=asked), values) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        yield gateway
