"""The access log: one JSON object with ECS fields per line, whatever is received."""

import datetime as dt
import re

import httpx
import pytest

from tests.fixtures.ecs import faults
from tests.gateway.nginx import Gateway, LogLine, Services, running_gateway, wait_for, whole_lines

NANOSECONDS = 1_000_000_000
# nginx waits for the rest of some of these requests, so the client closes the connection.
HANG_UP_SECONDS = 0.3
# The longest accepted request target and header value.
LONG = 7_900


def line_of(gateway: Gateway, reply: httpx.Response) -> LogLine:
    request_id = reply.headers["X-Request-ID"]
    (line,) = gateway.log_lines(lambda line: line["trace"] == {"id": request_id})
    assert faults(line) == []
    return line


def all_faults(lines: list[LogLine]) -> list[str]:
    return [fault for line in lines for fault in faults(line)]


def test_a_line_describes_the_request_and_its_result(
    gateway: Gateway, client: httpx.Client, services: Services, signed_in: dict[str, str]
) -> None:
    reply = client.post(
        "/api/history/matches", headers={**signed_in, "User-Agent": "probe/1"}, content=b"{}"
    )
    line = line_of(gateway, reply)
    assert line["service"] == {"name": "gateway"}
    assert line["event"]["dataset"] == "nginx.access"
    assert line["event"]["outcome"] == "success"
    assert line["event"]["category"] == ["web"]
    assert line["client"] == {"ip": "127.0.0.1"}
    assert line["url"] == {"scheme": "https", "domain": "localhost", "path": "/api/history/matches"}
    assert line["user_agent"] == {"original": "probe/1"}
    assert line["tls"]["version"] == "1.3"
    assert line["message"] == "POST /api/history/matches"
    request, response = line["http"]["request"], line["http"]["response"]
    assert request["method"] == "POST"
    assert request["id"] == reply.headers["X-Request-ID"]
    assert response["status_code"] == 200
    assert response["bytes"] > response["body"]["bytes"] > 0
    upstream = line["nginx"]["upstream"]
    assert upstream["name"] == "history"
    assert upstream["address"] == services.history.address
    assert upstream["status"] == 200
    assert isinstance(upstream["response_time"], float)


def test_the_time_has_milliseconds_and_a_zone(gateway: Gateway, client: httpx.Client) -> None:
    stamp = str(line_of(gateway, client.get("/"))["@timestamp"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)", stamp)
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(stamp)
    assert abs(age.total_seconds()) < 10


@pytest.mark.parametrize("seconds", [0.02, 0.15, 1.02])
def test_the_duration_is_in_nanoseconds(
    gateway: Gateway, client: httpx.Client, seconds: float
) -> None:
    line = line_of(gateway, client.get(f"/slow/{seconds}"))
    duration = line["event"]["duration"]
    assert isinstance(duration, int)
    assert seconds * 0.9 < duration / NANOSECONDS < seconds + 1


def test_an_answer_of_the_gateway_itself_has_no_upstream(
    gateway: Gateway, client: httpx.Client
) -> None:
    line = line_of(gateway, client.get("/internal/x"))
    assert line["nginx"]["upstream"] == {
        "name": "",
        "address": "",
        "status": None,
        "connect_time": None,
        "response_time": None,
    }
    assert line["event"]["outcome"] == "failure"
    assert line["url"]["path"] == "/internal/x"


def test_an_error_page_is_logged_with_the_requested_path(own_services: Services) -> None:
    own_services.ui.stop()
    with running_gateway(own_services) as gateway, gateway.client() as client:
        line = line_of(gateway, client.get("/play"))
        assert line["url"]["path"] == "/play"
        assert line["http"]["response"]["status_code"] == 503
        assert line["nginx"]["upstream"]["status"] == 502


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/with/github/return?code=S3CRET-QUERY&state=S3CRET-STATE",
        "/verify?token=S3CRET-QUERY",
        "/confirm-email?token=S3CRET-QUERY",
        "/reset?token=S3CRET-QUERY",
        # As some mail programs encode it.
        "/reset%3Ftoken=S3CRET-QUERY",
        "/reset%3ftoken%3DS3CRET-QUERY",
        "/no/such/page?token=S3CRET-QUERY",
    ],
)
@pytest.mark.parametrize("mark", ["?", "%3F", "#"])
def test_secrets_are_not_logged(
    gateway: Gateway, client: httpx.Client, signed_in: dict[str, str], path: str, mark: str
) -> None:
    reply = client.get(
        path,
        headers={
            **signed_in,
            "Cookie": "__Host-refresh=S3CRET-COOKIE",
            "X-Device": "S3CRET-DEVICE",
            "Referer": f"{gateway.url}/reset{mark}token=S3CRET-REFERRER",
        },
    )
    line = line_of(gateway, reply)
    assert line["http"]["request"]["referrer"] == f"{gateway.url}/reset"
    text = gateway.log_text()
    assert "S3CRET" not in text
    assert "S3CRET" not in gateway.errors()
    assert signed_in["Authorization"].removeprefix("Bearer ")[:30] not in text


ODD_REQUESTS = {
    "quotes_and_backslashes": b'GET /odd-a HTTP/1.1\r\nHost: a\r\nUser-Agent: "\\\x01\r\n\r\n',
    "bytes_that_are_no_text": b"GET /odd-\xff\xfe\x80 HTTP/1.0\r\nUser-Agent: \xc3\x28\r\n\r\n",
    "quote_in_the_path": b'GET /odd-"x"\\y HTTP/1.0\r\n\r\n',
    "old_protocol": b"GET /odd-old HTTP/1.0\r\n\r\n",
    "oldest_protocol": b"GET /odd-oldest\r\n",
    "future_protocol": b"GET /odd-future HTTP/9.9\r\n\r\n",
    "unknown_method": b"BREW /odd-brew HTTP/1.0\r\n\r\n",
    "no_host": b"GET /odd-no-host HTTP/1.1\r\nConnection: close\r\n\r\n",
    "odd_host": b"GET /odd-host HTTP/1.1\r\nHost: a b\r\n\r\n",
    "absolute_address": b"GET http://elsewhere/odd-abs HTTP/1.0\r\n\r\n",
    "body_shorter_than_said": b"POST /odd-short HTTP/1.0\r\nContent-Length: 9\r\n\r\nabc",
}


@pytest.mark.parametrize("kind", ODD_REQUESTS)
def test_an_odd_request_is_logged_as_one_object(gateway: Gateway, kind: str) -> None:
    before = len(whole_lines(gateway.log_text()))
    gateway.raw(ODD_REQUESTS[kind], patience=HANG_UP_SECONDS)
    assert all_faults(gateway.log_lines(bool, count=before + 1)[before:]) == []


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x00\xa5\x01garbage\r\n\r\n", b"\xff" * 20000, b"GET \r\n\r\n", b"\x00"],
)
def test_bytes_that_are_no_request_are_logged_as_one_object(gateway: Gateway, data: bytes) -> None:
    before = len(whole_lines(gateway.log_text()))
    gateway.raw(data, plain_port=gateway.http_port, patience=HANG_UP_SECONDS)
    assert all_faults(gateway.log_lines(bool, count=before + 1)[before:]) == []
    # Some of it never becomes a request on the TLS port; logged lines must be objects there, too.
    gateway.raw(data, plain_port=gateway.https_port, patience=HANG_UP_SECONDS)
    assert all_faults(gateway.log_lines(bool)[before:]) == []


def test_all_lines_of_the_shared_gateway_are_valid(gateway: Gateway) -> None:
    assert all_faults(gateway.log_lines(bool)) == []


@pytest.mark.parametrize("address", [b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN 10.9.8.7 x 1 2\r\n"])
def test_a_client_with_an_unknown_address_is_logged_with_the_load_balancers(
    services: Services, address: bytes
) -> None:
    values = {
        "GATEWAY_LISTEN_OPTIONS": "proxy_protocol",
        "GATEWAY_REAL_IP_HEADER": "proxy_protocol",
        "GATEWAY_TRUSTED_PROXIES": "../trusted.conf",
    }
    files = {"trusted.conf": b"set_real_ip_from 127.0.0.1;\n"}
    with running_gateway(services, values, files=files) as gateway:
        with gateway.connection(address) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            connection.recv(1)
        (line,) = gateway.log_lines(bool)
        assert line["client"] == {"ip": "127.0.0.1"}
        assert faults(line) == []


def test_long_values_of_a_client_are_truncated(gateway: Gateway, client: httpx.Client) -> None:
    long = "a" * LONG
    line = line_of(gateway, client.get(f"/{long}", headers={"User-Agent": "b" * LONG}))
    assert line["url"]["path"] == f"/{'a' * 1023}"
    assert line["user_agent"]["original"] == "b" * 512
    reply = client.get(
        "/short?" + long, headers={"Referer": f"/{long}", "User-Agent": "probe" + "\x01" * LONG}
    )
    line = line_of(gateway, reply)
    assert line["url"]["path"] == "/short"
    assert line["http"]["request"]["referrer"] == f"/{'a' * 511}"
    assert line["user_agent"]["original"] == "probe"
    gateway.raw(f"GET / HTTP/1.0\r\nHost: {long}\r\n\r\n".encode())
    (line,) = gateway.log_lines(lambda line: line["url"]["domain"].startswith("aa"))
    assert line["url"]["domain"] == "a" * 255
    gateway.raw(f"{'A' * LONG} / HTTP/1.0\r\n\r\n".encode())
    (line,) = gateway.log_lines(lambda line: line["http"]["request"]["method"].startswith("AA"))
    assert line["message"] == f"{'A' * 32} /"


def test_a_request_refused_by_a_limit_is_logged_as_such(services: Services) -> None:
    budget = {"GATEWAY_API_RATE": "1r/m", "GATEWAY_API_BURST": "1"}
    places = {"GATEWAY_CONNECTIONS": "1"}
    for values in (budget, places):
        with (
            running_gateway(services, values) as gateway,
            gateway.client() as client,
            gateway.connection() as other,
        ):
            other.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")

            def refusals(
                gateway: Gateway = gateway, client: httpx.Client = client
            ) -> list[LogLine]:
                """Return the refused requests. One that arrives during a GET is refused itself, and holds no place."""
                client.get("/api/user/oauth/providers")
                lines = whole_lines(gateway.log_text())
                return [line for line in lines if line["http"]["response"]["status_code"] == 429]

            line, *_ = wait_for(refusals, "a refusal")
            assert line["nginx"]["limit"] == {"status": "REJECTED"}
            assert line["nginx"]["upstream"]["name"] == ""
            assert faults(line) == []
