"""Security headers on every kind of answer."""

import socket
import ssl
from http.client import HTTPResponse

import httpx
import pytest

from tests.gateway.nginx import READ_SECONDS, Gateway, Services, running_gateway

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FILE = "/static/headers/app.js"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


def check(reply: httpx.Response) -> None:
    for name, value in ALWAYS.items():
        assert reply.headers.get_list(name) == [value], name
    policy = reply.headers.get_list("Content-Security-Policy")
    assert len(policy) == 1
    assert policy[0].startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy[0]
    assert "unsafe" not in policy[0]
    assert len(reply.headers.get_list("Permissions-Policy")) == 1
    assert len(reply.headers["X-Request-ID"]) == 32
    assert len(reply.headers.get_list("X-Request-ID")) == 1
    assert reply.headers.get_list("Server") == ["nginx"]
    assert "X-Powered-By" not in reply.headers
    assert "Strict-Transport-Security" not in reply.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("POST", "/sign-in", 200),
        ("GET", "/status/404", 404),
        ("GET", "/status/500", 500),
        ("GET", "/api/history/leaderboard", 200),
        ("GET", "/api/history/players/status/503", 503),
        ("POST", "/api/user/login", 200),
        ("GET", "/api/user/me", 401),
        ("GET", "/api/tournament/events", 401),
        ("GET", "/api/none", 404),
        ("GET", "/internal/x", 404),
        ("GET", "/static/none/app.js", 404),
        ("GET", "/_gateway/error.css", 200),
        ("GET", "/x%00", 400),
        ("GET", f"/{'x' * 9000}", 414),
        ("TRACE", "/", 405),
        ("BREW", "/api/user/me", 405),
        ("M-SEARCH", "/", 405),
    ],
)
def test_every_answer_has_the_security_headers_once(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    reply = client.request(method, path)
    assert reply.status_code == status
    check(reply)


def test_refused_requests_have_the_security_headers(client: httpx.Client) -> None:
    large = client.get("/", headers={"X-Large": "x" * 9000})
    assert large.status_code == 431
    check(large)
    body = client.post("/sign-in", content=b"x" * 20000)
    assert body.status_code == 413
    check(body)


@pytest.mark.parametrize("path", [FILE, "/_gateway/error.css"])
def test_answers_about_files_have_the_security_headers_once(
    gateway: Gateway, client: httpx.Client, path: str
) -> None:
    file = gateway.folder / "assets" / FILE.strip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"content")
    for part in ("bytes=0-1", "bytes=90000-"):
        reply = client.get(path, headers={"Range": part})
        assert (reply.status_code, reply.headers.get("Content-Range")) == (200, None)
        check(reply)
    reply = client.get(path, headers={"If-Match": '"another"'})
    assert (reply.status_code, reply.json()["code"]) == (412, "precondition_failed")
    assert reply.headers.get_list("Cache-Control") == ["no-store"]
    check(reply)


def test_redirects_have_the_security_headers(gateway: Gateway) -> None:
    check(httpx.get(f"http://localhost:{gateway.http_port}/"))
    check(httpx.get(f"http://localhost:{gateway.https_port}/"))


def test_answers_for_limits_and_outages_have_the_security_headers(own_services: Services) -> None:
    own_services.ui.stop()
    own_services.history.stop()
    values = {"GATEWAY_PAGE_RATE": "1r/m", "GATEWAY_PAGE_BURST": "1"}
    with running_gateway(own_services, values) as gateway, gateway.client() as client:
        for status in (503, 503, 429):
            reply = client.get("/")
            assert reply.status_code == status
            check(reply)
        check(client.get("/api/history/leaderboard"))


def test_pages_may_load_resources_of_this_site_only(client: httpx.Client) -> None:
    assert client.get("/").headers["Content-Security-Policy"] == PAGE_POLICY
    assert "script-src" not in client.get("/api/user/me").headers["Content-Security-Policy"]


def test_security_headers_of_a_service_are_replaced(
    own_services: Services, signed_in: dict[str, str]
) -> None:
    own_headers = [
        ("content-security-policy", "default-src *"),
        ("x-content-type-options", "none"),
        ("referrer-policy", "unsafe-url"),
        ("permissions-policy", "camera=*"),
        ("cross-origin-opener-policy", "unsafe-none"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("strict-transport-security", "max-age=1"),
        ("server", "uvicorn/1"),
        ("x-powered-by", "python"),
        ("x-request-id", "theirs"),
    ]
    own_services.ui.answer_headers = own_services.history.answer_headers = own_headers
    with running_gateway(own_services) as gateway, gateway.client() as client:
        check(client.get("/"))
        check(client.get("/api/history/matches", headers=signed_in))


def test_cache_and_cookie_headers_of_a_service_are_passed_on(own_services: Services) -> None:
    own_services.ui.answer_headers = [
        ("cache-control", "no-store"),
        ("set-cookie", "__Host-access=a; Path=/; Secure; HttpOnly"),
        ("set-cookie", "__Host-refresh=b; Path=/; Secure; HttpOnly"),
    ]
    with running_gateway(own_services) as gateway, gateway.client() as client:
        reply = client.get("/")
        assert reply.headers.get_list("Cache-Control") == ["no-store"]
        assert len(reply.headers.get_list("Set-Cookie")) == 2


LAPTOPS = (
    "localhost",
    "LOCALHOST",
    "pong.localhost",
    "127.0.0.1",
    "[::1]",
    "localhost:8090",
    "localhost.:8090",
    "[::1]:8090",
)
SITES = (
    "pong.example.org",
    "localhost.example.org",
    "notlocalhost",
    "192.0.2.1",
    "[2001:db8::1]:8090",
)


@pytest.mark.parametrize(
    "path", ["/", "/internal/x", "/api/user/me", "/api/user/me/../x", "/_gateway/error.css"]
)
@pytest.mark.parametrize("host", SITES)
def test_a_public_host_sends_strict_transport_security(
    client: httpx.Client, host: str, path: str
) -> None:
    found = client.get(path, headers={"Host": host}).headers
    assert found.get_list("Strict-Transport-Security") == ["max-age=31536000"]


@pytest.mark.parametrize("host", LAPTOPS)
def test_a_local_host_sends_no_strict_transport_security(client: httpx.Client, host: str) -> None:
    assert "Strict-Transport-Security" not in client.get("/", headers={"Host": host}).headers


# Requests that are refused before their Host is read, or that have none.
WITHOUT_HOST = {
    "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "no request line": b"odd\r\n\r\n",
    "a long address": b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"x" * 9000),
    "another version": b"GET / HTTP/7.1\r\nHost: localhost\r\n\r\n",
}


def test_without_a_host_header_the_tls_server_name_decides(
    gateway: Gateway, subtests: pytest.Subtests
) -> None:
    names = {"localhost": None, "pong.localhost": None, "pong.example.org": ["max-age=31536000"]}
    for case, request in WITHOUT_HOST.items():
        for name, expected in names.items():
            with subtests.test(case, name=name):
                assert transport_security(gateway, name, request) == expected


def test_an_invalid_host_counts_as_public(gateway: Gateway) -> None:
    request = b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"
    assert transport_security(gateway, "localhost", request) == ["max-age=31536000"]


def transport_security(gateway: Gateway, name: str, request: bytes) -> list[str] | None:
    """Return the Strict-Transport-Security header for a TLS connection with this server name."""
    trust = ssl.create_default_context(cafile=gateway.folder / "certificate.pem")
    trust.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", gateway.https_port), READ_SECONDS) as plain,
        trust.wrap_socket(plain, server_hostname=name) as secure,
    ):
        secure.sendall(request)
        answer = HTTPResponse(secure)
        answer.begin()
        return answer.headers.get_all("Strict-Transport-Security")


def test_plain_http_sends_no_strict_transport_security(gateway: Gateway) -> None:
    for port in (gateway.http_port, gateway.https_port):
        reply = httpx.get(f"http://localhost:{port}/", headers={"Host": SITES[0]})
        assert reply.status_code == 308
        assert "Strict-Transport-Security" not in reply.headers


def test_strict_transport_security_can_be_disabled(services: Services) -> None:
    with running_gateway(services, {"GATEWAY_HSTS": ""}) as gateway, gateway.client() as client:
        reply = client.get("/", headers={"Host": SITES[0]})
        assert "Strict-Transport-Security" not in reply.headers
