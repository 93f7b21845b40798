"""Answers while monitoring, logging or everything else is not running."""

import httpx
import pytest

from tests.gateway.names import name_server
from tests.gateway.nginx import Services, running_gateway, wait_for
from tests.gateway.operators import (
    PERSON,
    PROGRAM,
    access,
    admin_token,
    cookies,
    write_runbooks,
)
from tests.gateway.tokens import SigningKey

pytestmark = pytest.mark.image

WATCHING = ["/grafana/", "/kibana/", "/prometheus/", "/alertmanager/"]


@pytest.mark.parametrize("place", WATCHING)
def test_a_person_reads_how_to_start_a_missing_program(
    client: httpx.Client, key: SigningKey, place: str
) -> None:
    """The default gateway of the tests has no such program behind it."""
    admin = cookies(access(admin_token(key)))
    page = client.get(place, headers={**admin, **PERSON})
    assert page.status_code == 503
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Retry-After"] == "2"
    assert "make up MONITORING=1" in page.text
    assert "docker compose --profile monitoring up -d" in page.text
    assert "docker compose --profile logging up -d" in page.text
    head = client.head(place, headers={**admin, **PERSON})
    assert (head.status_code, head.content) == (503, b"")
    for method in ("GET", "POST"):
        problem = client.request(method, place, headers={**admin, **PROGRAM})
        assert (problem.status_code, problem.json()["code"]) == (503, "unavailable")
    assert client.get(place, headers=PERSON).status_code == 303


def test_names_that_do_not_resolve_cause_no_errors(services: Services, key: SigningKey) -> None:
    """As in containers without the profile, nginx starts and resolves these names
    only when they are requested."""
    with name_server() as resolver:
        values = {
            "GATEWAY_RESOLVER": resolver,
            "PROMETHEUS_UPSTREAM": "prometheus:9090",
            "ALERTMANAGER_UPSTREAM": "alertmanager:9093",
            "GRAFANA_UPSTREAM": "grafana:3000",
            "KIBANA_UPSTREAM": "kibana:5601",
        }
        before = services.auth.key_reads
        with running_gateway(services, values) as gateway, gateway.client() as client:
            wait_for(lambda: services.auth.key_reads > before, "the keys")
            assert client.get("/").status_code == 200
            assert "grafana" not in gateway.errors()
            assert "kibana" not in gateway.errors()
            admin = cookies(access(admin_token(key)))
            for place in WATCHING:
                page = client.get(place, headers={**admin, **PERSON})
                assert page.status_code == 503
                assert "make up MONITORING=1" in page.text


def test_a_name_is_resolved_once_it_exists(services: Services, key: SigningKey) -> None:
    """ui stands in for Grafana, as any server suffices."""
    with name_server("127.0.0.1") as resolver:
        values = {
            "GATEWAY_RESOLVER": resolver,
            "GRAFANA_UPSTREAM": f"grafana.test:{services.ui.port}",
        }
        with running_gateway(services, values) as gateway, gateway.client() as client:
            admin = cookies(access(admin_token(key)))

            def is_shown() -> bool:
                return client.get("/grafana/", headers=admin).status_code == 200

            wait_for(is_shown, "Grafana")


def test_runbooks_can_be_read_while_every_service_is_down(
    own_services: Services, key: SigningKey
) -> None:
    before = own_services.auth.key_reads
    with running_gateway(own_services) as gateway, gateway.client() as client:
        wait_for(lambda: own_services.auth.key_reads > before, "the keys")
        for service in vars(own_services).values():
            service.stop()
        write_runbooks(gateway, "README", "ServiceDown")
        for place in ("/runbooks/", "/runbooks/ServiceDown.md"):
            reply = client.get(place, headers=cookies(access(admin_token(key))))
            assert reply.status_code == 200
            assert "für den Ernstfall" in reply.text
        for service in vars(own_services).values():
            service.start()
