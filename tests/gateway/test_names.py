"""Upstreams by name, as in containers, and more than one replica behind a name."""

from tests.gateway.names import name_server, replica_that_hangs_up
from tests.gateway.nginx import Services, running_gateway, wait_for
from tests.gateway.tokens import SigningKey

ROUNDS = 6


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


def test_a_read_that_a_replica_loses_goes_to_another(services: Services) -> None:
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
