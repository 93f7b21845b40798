from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.operators import Watched, watched_gateway
from tests.gateway.tokens import SigningKey
from tests.gateway.upstream import FakeService


@pytest.fixture(scope="package")
def key() -> SigningKey:
    return SigningKey("first")


@pytest.fixture(scope="package")
def services(key: SigningKey) -> Iterator[Services]:
    with running_services(key) as services:
        yield services


@pytest.fixture
def own_services(key: SigningKey) -> Iterator[Services]:
    """Services for tests that stop one or change its keys."""
    with running_services(key) as services:
        yield services


@pytest.fixture(scope="package")
def gateway(services: Services) -> Iterator[Gateway]:
    """A gateway for all tests that change neither its keys nor its budgets."""
    with running_gateway(services) as gateway:
        wait_for(lambda: services.auth.key_reads, "the gateway to read the keys")
        yield gateway


@pytest.fixture(scope="package")
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    """A client without cookies and without a token."""
    with gateway.client() as client:
        yield client


@pytest.fixture
def signed_in(key: SigningKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {key.token()}"}


@contextmanager
def running_services(key: SigningKey) -> Iterator[Services]:
    names = ("auth", "history", "tournament", "ui")
    running = [FakeService(name, keys=[key]) for name in names]
    for service in running:
        service.start()
    yield Services(*running)
    for service in running:
        service.ask_to_stop()
    for service in running:
        service.stop()


@pytest.fixture(scope="module")
def watched(
    services: Services, key: SigningKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Everything that operators look at: a gateway, ui, and stand-ins for
    each of the four programs."""
    with watched_gateway(services, key, tmp_path_factory.mktemp("kibana")) as watched:
        yield watched
