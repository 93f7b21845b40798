"""Upstreams by name, as in containers, and several replicas behind one name."""

import time

import pytest

from tests.gateway.names import (
    Names,
    changing_name_server,
    name_server,
    replica_that_hangs_up,
    replica_that_is_gone,
)
from tests.gateway.nginx import Services, running_gateway, wait_for
from tests.gateway.tokens import SigningKey

pytestmark = pytest.mark.image

ROUNDS = 6
BODY = b'{"a": 1}'
# The gateway resolves names every 5 s and waits 2 s for a connection.
ALMOST_LOOKED_UP_SECONDS = 4.2


def test_services_and_keys_are_found_by_name(services: Services, key: SigningKey) -> None:
    bearer = {"Authorization": f"Bearer {key.token()}"}
    with name_server("127.0.0.1") as resolver:
        values = {
            "GATEWAY_RESOLVER": resolver,
            "AUTH_UPSTREAM": f"auth.test:{services.auth.port}",
            "HISTORY_UPSTREAM": f"history.test:{services.history.port}",
        }
        with running_gateway(services, values) as gateway, gateway.client() as client:

            def arrives() -> bool:
                return client.get("/api/history/matches", headers=bearer).status_code == 200

            wait_for(arrives, "the names to resolve")
            assert client.get("/api/user/me", headers=bearer).status_code == 200


def test_a_read_that_a_replica_drops_goes_to_another(services: Services) -> None:
    port = services.history.port
    with (
        name_server("127.0.0.1", "127.0.0.2") as resolver,
        replica_that_hangs_up("127.0.0.2", port) as lost,
    ):
        values = {"GATEWAY_RESOLVER": resolver, "HISTORY_UPSTREAM": f"history.test:{port}"}
        with running_gateway(services, values) as gateway, gateway.client() as client:

            def asked() -> int:
                return client.get("/api/history/leaderboard").status_code

            wait_for(lambda: asked() == 200, "the name to resolve")
            statuses = [asked() for _ in range(ROUNDS)]
            assert statuses == [200] * ROUNDS
            assert lost != []


@pytest.mark.thorough
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unconnected_request_uses_the_addresses_that_the_name_has_meanwhile(
    services: Services, signed_in: dict[str, str], method: str
) -> None:
    """A request waits in vain for a removed replica, and the name's addresses
    change before it gives up."""
    port, target = services.history.port, "/api/history/matches?a=%20b"
    names = Names(["127.0.0.1", "127.0.0.2"])
    with changing_name_server(names) as resolver, replica_that_is_gone("127.0.0.2", port):
        values = {"GATEWAY_RESOLVER": resolver, "HISTORY_UPSTREAM": f"history.test:{port}"}
        with running_gateway(services, values) as gateway, gateway.client() as client:
            wait_for(lambda: names.asked_at, "the name to be looked up")
            names.addresses.remove("127.0.0.2")
            wait_for(
                lambda: time.monotonic() > names.asked_at + ALMOST_LOOKED_UP_SECONDS, "the moment"
            )
            before = len(services.history.seen)
            replies = [
                client.request(method, target, headers=signed_in, content=BODY)
                for _ in range(ROUNDS)
            ]
            assert [reply.status_code for reply in replies] == [200] * ROUNDS
            seen = [(each.target, each.body) for each in services.history.seen[before:]]
            assert seen == [(target, BODY)] * ROUNDS
            tried = f"127.0.0.2:{port} : 127.0.0.1:{port}"
            gateway.log_lines(lambda line: line["nginx"]["upstream"]["address"] == tried)


def test_a_write_is_never_sent_twice(services: Services, signed_in: dict[str, str]) -> None:
    port = services.tournament.port
    with (
        name_server("127.0.0.1", "127.0.0.2") as resolver,
        replica_that_hangs_up("127.0.0.2", port) as lost,
    ):
        values = {"GATEWAY_RESOLVER": resolver, "TOURNAMENT_UPSTREAM": f"tournament.test:{port}"}
        with running_gateway(services, values) as gateway, gateway.client() as client:
            path = "/api/tournament/tournaments"
            before = len(services.tournament.seen)
            statuses: list[int] = []

            def a_write_is_lost() -> bool:
                statuses.append(client.post(path, headers=signed_in).status_code)
                return lost != []

            wait_for(a_write_is_lost, "a write to be lost")
            assert len(lost) == 1
            assert statuses[-1] == 502, statuses
            assert statuses.count(200) == len(services.tournament.seen) - before
