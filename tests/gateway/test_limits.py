from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from secrets import token_hex

import httpx
import pytest

from tests.gateway.nginx import GATEWAY_DIR, Gateway, Services, running_gateway, wait_for
from tests.gateway.tokens import SigningKey

BURST = 5
# One more request per 10 s, so none becomes free while a test runs.
TIGHT = {
    "GATEWAY_API_RATE": "6r/m",
    "GATEWAY_API_BURST": str(BURST),
    "GATEWAY_LOGIN_RATE": "6r/m",
    "GATEWAY_LOGIN_BURST": str(BURST),
    "GATEWAY_PAGE_RATE": "6r/m",
    "GATEWAY_PAGE_BURST": str(3 * BURST),
    # The tests choose the address from which they seem to come.
    "GATEWAY_TRUSTED_PROXIES": "../proxies.conf",
}
PROXIES = {"proxies.conf": b"set_real_ip_from 127.0.0.1;\n"}
ADDRESSES = count(1)
# The burst, and one request that is always allowed.
ALLOWED = BURST + 1


@pytest.fixture(scope="module")
def strict(services: Services) -> Iterator[Gateway]:
    reads = services.auth.key_reads
    with running_gateway(services, TIGHT, files=PROXIES) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        yield gateway


@pytest.fixture
def client(strict: Gateway) -> Iterator[httpx.Client]:
    """A client with its own address, and therefore with full budgets."""
    with strict.client() as client:
        client.headers["X-Forwarded-For"] = f"198.51.100.{next(ADDRESSES)}"
        yield client


@pytest.fixture
def signed_in(key: SigningKey) -> dict[str, str]:
    """Headers of a player whom the gateway has not seen before."""
    return {"Authorization": f"Bearer {key.token({'sub': token_hex(8)})}"}


def statuses(client: httpx.Client, method: str, path: str, times: int, **rest: object) -> list[int]:
    headers = rest.get("headers")
    assert headers is None or isinstance(headers, dict)
    return [client.request(method, path, headers=headers).status_code for _ in range(times)]


def test_api_requests_beyond_the_budget_get_a_problem_with_a_time_to_retry(
    client: httpx.Client,
) -> None:
    assert statuses(client, "GET", "/api/history/leaderboard", ALLOWED) == [200] * ALLOWED
    reply = client.get("/api/history/leaderboard")
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) > 0
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["code"] == "too_many_requests"
    # Pages have their own budget.
    assert client.get("/").status_code == 200


def test_players_behind_one_address_do_not_share_a_budget(
    client: httpx.Client, key: SigningKey
) -> None:
    path = "/api/history/matches"
    players = [{"Authorization": f"Bearer {key.token({'sub': n})}"} for n in ("a", "b", "c")]
    # Each player's first request counts for the address, as the gateway has
    # not verified the token yet.
    assert [client.get(path, headers=player).status_code for player in players] == [200] * 3
    for player in players:
        assert statuses(client, "GET", path, ALLOWED, headers=player) == [200] * ALLOWED
        assert client.get(path, headers=player).status_code == 429


def test_bad_tokens_use_up_the_budget_of_their_address(
    client: httpx.Client, key: SigningKey
) -> None:
    found = [
        client.get(
            "/api/history/matches",
            headers={"Authorization": f"Bearer {SigningKey(key.kid).token({'sub': str(n)})}"},
        ).status_code
        for n in range(ALLOWED + 1)
    ]
    assert found == [401] * ALLOWED + [429]


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/register",
        "/sign-in/code",
        "/forgot",
        "/reset",
        "/verify",
        "/confirm",
        "/confirm-email",
    ],
)
def test_posting_forms_with_secrets_is_limited(client: httpx.Client, path: str) -> None:
    assert statuses(client, "POST", path, ALLOWED) == [200] * ALLOWED
    reply = client.post(path)
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) > 0
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "That was fast" in reply.text
    # Opening the form is no attempt.
    assert client.get(path).status_code == 200


def test_all_ways_to_sign_in_share_one_budget(client: httpx.Client) -> None:
    ways = ("/api/user/login", "/sign-in", "/api/user/register", "/register")
    assert [client.post(way).status_code for way in (*ways, *ways[:2])] == [200] * ALLOWED
    assert [client.post(way).status_code for way in ways] == [429] * len(ways)


@pytest.mark.parametrize(
    "path",
    [
        "/api/user/login/two-factor",
        "/api/user/login/passkey",
        "/api/user/login/passkey/options",
        "/api/user/password/resets",
        "/api/user/password/reset-requests",
        "/api/user/email/verification",
        "/api/user/email/verification/resend",
        "/api/user/email/change",
        "/api/user/oauth/github/start",
        "/api/user/oauth/finish",
        "/api/user/sessions/confirmation",
        "/api/user/sessions/confirmation/passkey",
        "/api/user/two-factor",
        "/api/user/two-factor/disable",
        "/api/user/deletion",
        "/api/user/email",
        "/api/user/password",
    ],
)
def test_requests_that_guess_secrets_share_the_budget_of_passwords(
    client: httpx.Client, signed_in: dict[str, str], path: str
) -> None:
    assert client.get("/", headers=signed_in).status_code == 200
    assert statuses(client, "POST", "/api/user/login", BURST - 1) == [200] * (BURST - 1)
    assert client.post(path, headers=signed_in).status_code == 200
    assert client.put(f"{path}/", headers=signed_in).status_code == 200
    for way in (path, f"{path}/", "/api/user/login"):
        assert client.post(way, headers=signed_in).status_code == 429
    # Requests that are no attempts have no such budget.
    assert client.delete(path, headers=signed_in).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/settings/email",
        "/settings/password",
        "/settings/two-factor",
        "/settings/two-factor/disable",
        "/settings/privacy/delete",
    ],
)
def test_forms_of_settings_with_a_password_share_a_budget_with_and_without_a_slash(
    client: httpx.Client, path: str
) -> None:
    found = [client.post(f"{path}{end}").status_code for end in ("", "/") * BURST]
    assert found == [200] * ALLOWED + [429] * (2 * BURST - ALLOWED)
    assert client.get(path).status_code == 200


def test_anonymous_event_streams_per_address_are_limited(
    services: Services, key: SigningKey
) -> None:
    path = "/api/tournament/tournaments/1/events"
    reads = services.auth.key_reads
    alice = {"Cookie": f"__Host-access={key.token({'sub': 'Alice'})}"}
    with running_gateway(services, {"GATEWAY_STRANGERS": "2"}) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        with gateway.client() as client, ExitStack() as held:

            def opened(headers: dict[str, str]) -> int:
                reply = held.enter_context(client.stream("GET", path, headers=headers))
                return reply.status_code

            assert client.get("/", headers=alice).status_code == 200
            assert [opened({}) for _ in range(3)] == [200, 200, 429]
            assert opened(alice) == 200


@pytest.mark.parametrize("path", ["/live", "/api/user/events", "/api/tournament/matches/1/events"])
def test_event_streams_per_player_are_limited(
    services: Services, key: SigningKey, path: str
) -> None:
    reads = services.auth.key_reads
    alice, bob = ({"Cookie": f"__Host-access={key.token({'sub': n})}"} for n in ("Alice", "Bob"))
    with running_gateway(services, {"GATEWAY_STREAMS": "2"}) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        with gateway.client() as client, ExitStack() as held:

            def opened(player: dict[str, str], end: str = "") -> int:
                reply = held.enter_context(client.stream("GET", f"{path}{end}", headers=player))
                return reply.status_code

            for player in (alice, bob):
                assert client.get("/", headers=player).status_code == 200
            assert [opened(alice), opened(alice, "/")] == [200, 200]
            assert [opened(alice), opened(alice, "/")] == [429, 429]
            # An invalid header does not evade the limit: an API refuses it, a page ignores it.
            assert opened({**alice, "Authorization": "Bearer x"}) in {429, 401}
            assert opened(bob) == 200
            # Other requests do not count as streams.
            assert client.get("/", headers=alice).status_code == 200
            held.close()

            def a_place_is_free() -> bool:
                with client.stream("GET", path, headers=alice) as reply:
                    return reply.status_code == 200

            wait_for(a_place_is_free, "the places of streams that ended")


def test_parallel_picture_uploads_are_limited(services: Services, key: SigningKey) -> None:
    path = "/api/user/profile/avatar"
    tokens = {name: key.token({"sub": name}) for name in ("Alice", "Bob", "Charlie")}
    headers = {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
    reads = services.auth.key_reads
    with running_gateway(services, {"GATEWAY_PICTURES_AT_ONCE": "2"}) as gateway:
        wait_for(lambda: services.auth.key_reads > reads, "the gateway to read the keys")
        with gateway.client() as client, ExitStack() as under_way:

            def tries(name: str) -> int:
                return client.put(path, headers=headers[name], content=b"x").status_code

            def begins(name: str) -> None:
                def has_begun() -> bool:
                    connection = under_way.enter_context(gateway.connection())
                    connection.sendall(
                        f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                        f"Authorization: Bearer {tokens[name]}\r\n\r\n".encode()
                    )
                    # If the test's try arrives first, it takes the place
                    # and the picture is refused.
                    return tries(name) == 429

                wait_for(has_begun, f"{name}'s picture to be under way")

            assert [tries(name) for name in tokens] == [200] * 3
            begins("Alice")
            assert tries("Bob") == 200
            begins("Bob")
            assert tries("Charlie") == 429
            # Deleting a picture takes no place, and neither does a request without a token.
            assert client.delete(path, headers=headers["Charlie"]).status_code == 200
            assert client.put(path, content=b"x").status_code == 401


def test_a_slash_at_the_end_does_not_evade_the_budget(
    client: httpx.Client, signed_in: dict[str, str]
) -> None:
    ways = ("/api/user/login", "/api/user/login/", "/api/user/register/")
    sent = [client.post(way, headers=signed_in).status_code for way in ways * 2]
    assert sent == [200] * ALLOWED
    assert [client.post(way, headers=signed_in).status_code for way in ways] == [429] * 3


def test_another_token_does_not_renew_the_budget_for_signing_in(
    client: httpx.Client, key: SigningKey
) -> None:
    found = []
    for number in range(ALLOWED + 1):
        headers = {"Authorization": f"Bearer {key.token({'sub': str(number)})}"}
        client.get("/", headers=headers)
        found.append(client.post("/sign-in", headers=headers).status_code)
    assert found == [200] * ALLOWED + [429]


def test_static_files_are_not_counted(strict: Gateway, client: httpx.Client) -> None:
    release = strict.folder / "assets" / "static" / "r"
    release.mkdir(parents=True)
    (release / "a.txt").write_text("a")
    assert statuses(client, "GET", "/static/r/a.txt", 50) == [200] * 50


def test_the_default_budgets_suffice_for_a_busy_player(services: Services) -> None:
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
