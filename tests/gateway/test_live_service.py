"""WebSockets of a real service through the gateway: accepted ones, and
the answers to refused ones."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.gateway.live_service import PATH, LiveService
from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.replicas import running
from tests.gateway.sockets import answer, cookie, opened, problem, refusal
from tests.gateway.tokens import ALICE, SigningKey

pytestmark = pytest.mark.image


@pytest.fixture(scope="module")
def owner(key: SigningKey) -> Iterator[LiveService]:
    service = LiveService("owner", signer=key)
    with running(service):
        yield service


@pytest.fixture(scope="module")
def asked(owner: LiveService, key: SigningKey) -> Iterator[LiveService]:
    service = LiveService("asked", owner=owner.address, signer=key)
    with running(service):
        yield service


@pytest.fixture(scope="module")
def gateway(services: Services, asked: LiveService) -> Iterator[Gateway]:
    reads = services.auth.key_reads
    with running_gateway(replace(services, tournament=asked)) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        yield gateway


@pytest.mark.parametrize("origin", [True, False])
async def test_the_owner_knows_a_player_who_came_through_another_replica(
    gateway: Gateway, key: SigningKey, origin: bool
) -> None:
    headers = {**cookie(key), **({"Origin": gateway.url} if origin else {})}
    async with opened(gateway, PATH, headers) as open_socket:
        assert await answer(open_socket) == f"{ALICE} at owner"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
async def test_another_site_cannot_open_a_socket(
    gateway: Gateway, key: SigningKey, headers: dict[str, str]
) -> None:
    refused = await refusal(gateway, PATH, {**cookie(key), **headers})
    assert refused.status_code == 403
    assert problem(refused)["code"] == "cross_site"


async def test_an_unknown_match_is_refused_with_the_services_problem(
    gateway: Gateway, key: SigningKey
) -> None:
    refused = await refusal(gateway, "/api/tournament/matches/2/play", cookie(key))
    assert refused.status_code == 404
    assert problem(refused)["detail"] == "There is no such match."


async def test_two_replicas_that_name_each_other_as_owner_cause_no_loop(
    gateway: Gateway,
    owner: LiveService,
    asked: LiveService,
    key: SigningKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both may be wrong for a moment after a match has moved."""
    monkeypatch.setattr(owner, "owner", asked.address)
    refused = await refusal(gateway, PATH, cookie(key))
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert problem(refused)["code"] == "not_here_yet"
    assert "X-Accel-Redirect" not in refused.headers


async def test_a_token_that_only_the_service_refuses_gets_a_problem(
    gateway: Gateway, key: SigningKey
) -> None:
    """The gateway checks the signature and expiry, the service the claims."""
    headers = {"Cookie": f"__Host-access={key.token({'sub': 'nobody'})}"}
    refused = await refusal(gateway, PATH, headers)
    assert refused.status_code == 401
    assert problem(refused)["code"] == "not_signed_in"
