import asyncio
import threading

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.gateway.nginx import Gateway, Services, running_gateway
from tests.gateway.tokens import SigningKey

FIRST_EVENT_SECONDS = 3


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "ui"),
        ("/play/ai", "ui"),
        ("/apiary", "ui"),
        ("/sign-in", "ui"),
        ("/api/user/me", "auth"),
        ("/api/user/login", "auth"),
        ("/api/history/matches?limit=2&cursor=a%20b", "history"),
        ("/api/tournament/tournaments/7", "tournament"),
    ],
)
def test_an_address_reaches_its_service_unchanged(
    client: httpx.Client, services: Services, signed_in: dict[str, str], path: str, service: str
) -> None:
    reply = client.post(path, headers=signed_in, content=b'{"a": 1}')
    assert reply.json()["from"] == service
    seen = vars(services)[service].last
    assert (seen.method, seen.target, seen.body) == ("POST", path, b'{"a": 1}')


@pytest.mark.parametrize("path", ["/", "/api/user/me"])
def test_head_is_answered_like_get(
    client: httpx.Client, signed_in: dict[str, str], path: str
) -> None:
    reply = client.head(path, headers=signed_in)
    assert (reply.status_code, reply.content) == (200, b"")
    assert (
        reply.headers["content-type"] == client.get(path, headers=signed_in).headers["content-type"]
    )


@pytest.mark.parametrize(
    "path",
    [
        "/internal/events",
        "/internal",
        "/metrics",
        "/health/live",
        "/health/ready",
        "/watchman/",
        "/_gateway/problem",
        "/_gateway/odd",
        "/_gateway/pages/unavailable.html",
        "/api",
        "/api/",
        "/api/user",
        "/api/history",
        "/api/tournament",
        "/api/other/x",
        "/api/userx",
    ],
)
def test_an_internal_or_unknown_address_is_not_routed(
    client: httpx.Client, services: Services, signed_in: dict[str, str], path: str
) -> None:
    asked = [len(service.seen) for service in vars(services).values()]
    for method in ("GET", "POST"):
        reply = client.request(method, path, headers=signed_in)
        assert reply.status_code == 404
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json()["code"] == "not_found"
    assert [len(service.seen) for service in vars(services).values()] == asked


@pytest.mark.parametrize(
    "path",
    [
        "/api/history/leaderboard/../matches",
        "/api/history/matches/..%2fleaderboard",
        "/api/user/%2e%2e/internal/x",
        "//internal/x",
        "/api//user/me",
        "/api/user/./me",
        "/api/user/..",
        "/static/..%5c..%5cetc/passwd",
        "/static/..\\..\\etc/passwd",
        "/play/%00",
        "/play/%0a",
        "/x%20/_gateway/..%2fy",
    ],
)
def test_an_ambiguous_path_is_refused(
    gateway: Gateway, services: Services, signed_in: dict[str, str], path: str
) -> None:
    asked = [len(service.seen) for service in vars(services).values()]
    authorization = signed_in["Authorization"]
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: {authorization}\r\nConnection: close\r\n\r\n"
    )
    assert gateway.raw(request.encode()).startswith(b"HTTP/1.1 400 ")
    assert [len(service.seen) for service in vars(services).values()] == asked


@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "M-SEARCH", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/api/user/me"])
def test_an_unknown_method_is_refused_at_the_gateway(
    client: httpx.Client, services: Services, signed_in: dict[str, str], method: str, path: str
) -> None:
    asked = [len(service.seen) for service in vars(services).values()]
    reply = client.request(method, path, headers=signed_in)
    assert reply.status_code == 405
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert [len(service.seen) for service in vars(services).values()] == asked


def test_dots_and_slashes_in_a_query_are_allowed(client: httpx.Client) -> None:
    assert client.get("/search?q=../a//b%2f%00").status_code == 200


def test_connections_to_services_are_reused(
    client: httpx.Client, services: Services, signed_in: dict[str, str]
) -> None:
    start = len(services.history.seen)
    for _ in range(20):
        client.get("/api/history/matches", headers=signed_in)
    seen = services.history.seen[start:]
    assert len({request.client_port for request in seen}) < len(seen)
    assert all(request.all("connection") == [] for request in seen)


@pytest.mark.parametrize(
    "path", ["/api/tournament/tournaments/1/events", "/api/user/events", "/live"]
)
def test_events_arrive_while_the_stream_is_open(
    gateway: Gateway, signed_in: dict[str, str], path: str
) -> None:
    with (
        gateway.client() as client,
        client.stream("GET", path, headers=signed_in, timeout=FIRST_EVENT_SECONDS) as reply,
    ):
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        assert "Content-Encoding" not in reply.headers
        assert next(reply.iter_text()).startswith("event: changed")


@pytest.mark.parametrize("kind", ["play", "watch"])
async def test_a_websocket_reaches_its_service(
    gateway: Gateway, services: Services, signed_in: dict[str, str], key: SigningKey, kind: str
) -> None:
    url = f"wss://localhost:{gateway.https_port}/api/tournament/matches/1/{kind}"
    cookie = {"Cookie": f"__Host-access={key.token()}", "Origin": gateway.url}
    for headers in (signed_in, cookie):
        # The library's threaded client uses one TLS connection from two threads and occasionally
        # never sends its request.
        async with connect(url, ssl=gateway.trust, additional_headers=headers) as socket_:
            await socket_.send("ping")
            async with asyncio.timeout(FIRST_EVENT_SECONDS):
                assert await socket_.recv() == "ping"
    assert services.tournament.last.one("origin") == gateway.url
    assert services.tournament.last.one("authorization") is not None


async def test_a_websocket_without_a_token_is_refused_before_it_opens(gateway: Gateway) -> None:
    url = f"wss://localhost:{gateway.https_port}/api/tournament/matches/1/play"
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, ssl=gateway.trust)
    assert refused.value.response.status_code == 401


def test_an_upgrade_is_not_passed_on_at_other_addresses(
    client: httpx.Client, services: Services, signed_in: dict[str, str]
) -> None:
    client.get(
        "/api/history/matches",
        headers={**signed_in, "Upgrade": "websocket", "Connection": "upgrade"},
    )
    assert services.history.last.all("upgrade") == []


def test_plain_http_is_redirected_to_the_public_address(gateway: Gateway) -> None:
    reply = httpx.post(f"http://127.0.0.1:{gateway.http_port}/sign-in?next=%2Fplay")
    assert reply.status_code == 308
    assert (
        reply.headers["Location"] == f"https://127.0.0.1:{gateway.https_port}/sign-in?next=%2Fplay"
    )


def test_plain_http_on_the_tls_port_is_redirected(gateway: Gateway) -> None:
    reply = httpx.get(f"http://localhost:{gateway.https_port}/a?b=c")
    assert reply.status_code == 308
    assert reply.headers["Location"] == f"{gateway.url}/a?b=c"


def test_redirects_omit_the_public_port_443(services: Services) -> None:
    with running_gateway(services, {"GATEWAY_PUBLIC_PORT": "443"}) as gateway:
        reply = httpx.get(f"http://localhost:{gateway.http_port}/")
        assert reply.headers["Location"] == "https://localhost/"


def test_the_probe_port_answers_probes_only(gateway: Gateway) -> None:
    base = f"http://127.0.0.1:{gateway.status_port}"
    assert httpx.get(f"{base}/healthz").text == "ok\n"
    assert httpx.get(f"{base}/api/user/me").status_code == 404
    assert "healthz" not in gateway.log_text()


def test_answers_of_a_service_are_passed_on_with_their_status(
    client: httpx.Client, signed_in: dict[str, str]
) -> None:
    for status in (404, 409, 422, 429, 500, 503):
        reply = client.get(f"/api/history/status/{status}", headers=signed_in)
        assert (reply.status_code, reply.json()) == (status, {"from": "history"})
        assert client.get(f"/status/{status}").json() == {"from": "ui"}


def test_an_unavailable_service_gets_a_problem_with_a_time_to_retry(
    own_services: Services, signed_in: dict[str, str]
) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        assert client.get("/api/history/leaderboard").status_code == 200
        own_services.history.stop()
        reply = client.get("/api/history/leaderboard", headers=signed_in)
        assert reply.status_code in {502, 503}
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert int(reply.headers["Retry-After"]) > 0
        assert reply.json()["status"] == reply.status_code
        assert client.get("/").status_code == 200

        own_services.history.start()
        assert client.get("/api/history/leaderboard").status_code == 200


def test_unavailable_pages_get_a_page(own_services: Services) -> None:
    own_services.ui.stop()
    with running_gateway(own_services) as gateway, gateway.client() as client:
        for path in ("/", "/sign-in"):
            reply = client.get(path)
            assert reply.status_code == 503
            assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
            assert int(reply.headers["Retry-After"]) > 0
            assert "Try again" in reply.text
            assert "style" in reply.headers["Content-Security-Policy"]
        style = client.get("/_gateway/error.css")
        assert style.headers["Content-Type"] == "text/css"
        assert client.post("/", content=b"a=b").status_code == 503


def test_nginx_starts_while_every_service_is_down(own_services: Services) -> None:
    for service in vars(own_services).values():
        service.stop()
    with running_gateway(own_services) as gateway, gateway.client() as client:
        assert client.get("/").status_code == 503
        assert client.get("/api/user/players/alice").status_code == 502


def test_nginx_starts_with_a_name_that_does_not_resolve(services: Services) -> None:
    values = {"TOURNAMENT_UPSTREAM": "no-such-name.invalid:8003"}
    with running_gateway(services, values) as gateway, gateway.client() as client:
        assert client.get("/").status_code == 200
        assert client.get("/api/tournament/schema").status_code == 502


def test_a_too_large_body_is_refused(client: httpx.Client, signed_in: dict[str, str]) -> None:
    megabyte = b"x" * 1024 * 1024
    assert client.post("/api/history/tickets", headers=signed_in, content=megabyte).is_success
    reply = client.post("/api/history/matches", headers=signed_in, content=megabyte + b"x")
    assert reply.status_code == 413
    assert reply.json()["code"] == "too_large"
    page = client.post("/profile", content=megabyte + b"x")
    assert page.status_code == 413
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "kilobytes"),
    [
        ("/api/user/login", 16),
        ("/api/user/register", 16),
        ("/api/user/password/resets", 16),
        ("/api/user/login/passkey", 64),
        ("/api/user/oauth/finish", 64),
        ("/sign-in", 16),
        ("/register", 16),
        ("/forgot", 16),
        ("/confirm-email", 16),
        ("/sign-in/passkey", 16),
    ],
)
def test_signing_in_accepts_small_bodies_only(
    client: httpx.Client, path: str, kilobytes: int
) -> None:
    largest = b"x" * kilobytes * 1024
    assert client.post(path, content=largest).status_code == 200
    assert client.post(path, content=largest + b"x").status_code == 413


def test_a_picture_may_be_larger_than_other_bodies(
    client: httpx.Client, services: Services, signed_in: dict[str, str]
) -> None:
    path, largest = "/api/user/profile/avatar", b"x" * 5 * 1024 * 1024
    assert client.put(path, headers=signed_in, content=largest).status_code == 200
    assert services.auth.last.body == largest
    assert client.put(path, headers=signed_in, content=largest + b"x").status_code == 413


def test_the_form_of_a_picture_may_be_slightly_larger_than_the_picture(
    client: httpx.Client, services: Services, signed_in: dict[str, str]
) -> None:
    path, largest = "/settings/avatar", b"x" * 6 * 1024 * 1024
    assert client.post(path, headers=signed_in, content=largest).status_code == 200
    assert services.ui.last.body == largest
    refused = client.post(path, headers=signed_in, content=largest + b"x")
    assert refused.status_code == 413
    assert refused.headers["Content-Type"].startswith("text/html")


def test_the_device_header_of_a_program_is_passed_on_and_a_browsers_is_not(
    client: httpx.Client, services: Services
) -> None:
    """A page's device is in a cookie that only ui reads; ui tells auth."""
    said = {"X-Device": "d3v1ce"}
    client.post("/api/user/login", headers=said)
    assert services.auth.last.one("x-device") == "d3v1ce"
    client.post("/api/user/login")
    assert services.auth.last.all("x-device") == []
    client.post("/sign-in", headers=said)
    assert services.ui.last.all("x-device") == []
    assert services.ui.last.one("x-real-ip") == "127.0.0.1"


def test_parallel_requests_do_not_mix_identities(gateway: Gateway, key: SigningKey) -> None:
    asked: list[tuple[str, str]] = []

    def ask(name: str) -> None:
        headers = {"Authorization": f"Bearer {key.token({'sub': name})}"}
        with gateway.client() as client:
            for _ in range(10):
                reply = client.get("/api/user/me", headers=headers)
                asked.append((reply.headers["X-Request-ID"], name))

    threads = [threading.Thread(target=ask, args=(f"player-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = gateway.log_lines(lambda line: "player-" in str(line["user"]), count=len(asked))
    logged = [(line["trace"], line["user"]) for line in lines]
    assert sorted(asked) == sorted((t["id"], u["id"]) for t, u in logged)
