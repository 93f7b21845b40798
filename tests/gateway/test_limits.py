from collections.abc import Iterator

import httpx
import pytest

from tests.gateway.nginx import GATEWAY_DIR, Gateway, Services, running_gateway, wait_for
from tests.gateway.tokens import SigningKey

BURST = 5
# One more place in ten seconds: none comes back while a test runs.
TIGHT = {
    "GATEWAY_API_RATE": "6r/m",
    "GATEWAY_API_BURST": str(BURST),
    "GATEWAY_LOGIN_RATE": "6r/m",
    "GATEWAY_LOGIN_BURST": str(BURST),
    "GATEWAY_PAGE_RATE": "6r/m",
    "GATEWAY_PAGE_BURST": str(3 * BURST),
}
# The burst and the one that is always allowed.
ALLOWED = BURST + 1


@pytest.fixture
def strict(services: Services) -> Iterator[Gateway]:
    reads = services.auth.key_reads
    with running_gateway(services, TIGHT) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        yield gateway


def statuses(client: httpx.Client, method: str, path: str, count: int, **rest: object) -> list[int]:
    headers = rest.get("headers")
    assert headers is None or isinstance(headers, dict)
    return [client.request(method, path, headers=headers).status_code for _ in range(count)]


def test_api_beyond_the_budget_is_a_problem_with_a_time(strict: Gateway) -> None:
    with strict.client() as client:
        assert statuses(client, "GET", "/api/history/leaderboard", ALLOWED) == [200] * ALLOWED
        reply = client.get("/api/history/leaderboard")
        assert reply.status_code == 429
        assert int(reply.headers["Retry-After"]) > 0
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json()["code"] == "too_many_requests"
        # Pages have a budget of their own.
        assert client.get("/").status_code == 200


def test_players_behind_one_address_do_not_share_a_budget(strict: Gateway, key: SigningKey) -> None:
    path = "/api/history/matches"
    with strict.client() as client:
        players = [{"Authorization": f"Bearer {key.token({'sub': n})}"} for n in ("a", "b", "c")]
        # Each first request counts for the address: nobody is known yet.
        assert [client.get(path, headers=player).status_code for player in players] == [200] * 3
        for player in players:
            assert statuses(client, "GET", path, ALLOWED, headers=player) == [200] * ALLOWED
            assert client.get(path, headers=player).status_code == 429


def test_bad_tokens_use_up_the_budget_of_their_address(strict: Gateway, key: SigningKey) -> None:
    with strict.client() as client:
        found = [
            client.get(
                "/api/history/matches",
                headers={"Authorization": f"Bearer {SigningKey(key.kid).token({'sub': str(n)})}"},
            ).status_code
            for n in range(ALLOWED + 1)
        ]
        assert found == [401] * ALLOWED + [429]


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/sign-in/two-factor"])
def test_guessing_passwords_on_a_page_is_slowed_down(strict: Gateway, path: str) -> None:
    with strict.client() as client:
        assert statuses(client, "POST", path, ALLOWED) == [200] * ALLOWED
        reply = client.post(path)
        assert reply.status_code == 429
        assert int(reply.headers["Retry-After"]) > 0
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "That was fast" in reply.text
        # Looking at the form is no attempt.
        assert client.get(path).status_code == 200


def test_all_ways_to_sign_in_share_one_budget(strict: Gateway) -> None:
    ways = ("/api/user/login", "/sign-in", "/api/user/register", "/register")
    with strict.client() as client:
        assert [client.post(way).status_code for way in (*ways, *ways[:2])] == [200] * ALLOWED
        assert [client.post(way).status_code for way in ways] == [429] * len(ways)


def test_a_slash_at_the_end_is_no_way_around_the_budget(
    strict: Gateway, signed_in: dict[str, str]
) -> None:
    with strict.client() as client:
        ways = ("/api/user/login", "/api/user/login/", "/api/user/register/")
        sent = [client.post(way, headers=signed_in).status_code for way in ways * 2]
        assert sent == [200] * ALLOWED
        assert [client.post(way, headers=signed_in).status_code for way in ways] == [429] * 3


def test_another_token_does_not_renew_the_budget_for_signing_in(
    strict: Gateway, key: SigningKey
) -> None:
    with strict.client() as client:
        found = []
        for number in range(ALLOWED + 1):
            headers = {"Authorization": f"Bearer {key.token({'sub': str(number)})}"}
            client.get("/", headers=headers)
            found.append(client.post("/sign-in", headers=headers).status_code)
        assert found == [200] * ALLOWED + [429]


def test_static_files_are_not_counted(strict: Gateway) -> None:
    release = strict.folder / "assets" / "static" / "r"
    release.mkdir(parents=True)
    (release / "a.txt").write_text("a")
    with strict.client() as client:
        assert statuses(client, "GET", "/static/r/a.txt", 50) == [200] * 50


def test_budgets_that_ship_let_a_busy_player_through(services: Services) -> None:
    shipped = {
        line.partition("=")[0]: line.partition("=")[2]
        for line in (GATEWAY_DIR / "defaults.env").read_text().splitlines()
        if line.startswith(("GATEWAY_API", "GATEWAY_LOGIN", "GATEWAY_PAGE"))
    }
    assert len(shipped) == 6
    with running_gateway(services, shipped) as gateway, gateway.client() as client:
        assert statuses(client, "GET", "/", 100) == [200] * 100
        assert statuses(client, "GET", "/api/history/leaderboard", 100) == [200] * 100
        attempts = statuses(client, "POST", "/sign-in", 60)
        assert attempts[:20] == [200] * 20
        assert 429 in attempts
