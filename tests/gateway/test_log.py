"""The access log: ECS, one JSON object a line, whatever comes in."""

import datetime as dt
import re

import httpx
import pytest

from tests.gateway.nginx import Gateway, LogLine, Services, running_gateway

NANOSECONDS = 1_000_000_000
# nginx waits for the rest of some of these; the client goes away.
HANG_UP_SECONDS = 0.3


def line_of(gateway: Gateway, reply: httpx.Response) -> LogLine:
    request_id = reply.headers["X-Request-ID"]
    (line,) = gateway.log_lines(lambda line: line["trace"] == {"id": request_id})
    return line


def test_line_says_who_asked_what_and_how_it_went(
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
    assert upstream["address"] == services.history.address
    assert upstream["status"] == 200
    assert isinstance(upstream["response_time"], float)


def test_time_has_milliseconds_and_a_zone(gateway: Gateway, client: httpx.Client) -> None:
    stamp = str(line_of(gateway, client.get("/"))["@timestamp"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)", stamp)
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(stamp)
    assert abs(age.total_seconds()) < 10


@pytest.mark.parametrize("seconds", [0.02, 0.15, 1.02])
def test_duration_is_in_nanoseconds(gateway: Gateway, client: httpx.Client, seconds: float) -> None:
    line = line_of(gateway, client.get(f"/slow/{seconds}"))
    duration = line["event"]["duration"]
    assert isinstance(duration, int)
    assert seconds * 0.9 < duration / NANOSECONDS < seconds + 1


def test_own_answer_has_no_upstream(gateway: Gateway, client: httpx.Client) -> None:
    line = line_of(gateway, client.get("/internal/x"))
    assert line["nginx"]["upstream"] == {
        "address": "",
        "status": None,
        "connect_time": None,
        "response_time": None,
    }
    assert line["event"]["outcome"] == "failure"
    assert line["url"]["path"] == "/internal/x"


def test_error_page_keeps_the_path_that_was_asked_for(own_services: Services) -> None:
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
        "/no/such/page?token=S3CRET-QUERY",
    ],
)
def test_secrets_are_not_written(
    gateway: Gateway, client: httpx.Client, signed_in: dict[str, str], path: str
) -> None:
    reply = client.get(
        path,
        headers={
            **signed_in,
            "Cookie": "__Host-refresh=S3CRET-COOKIE",
            "X-Device": "S3CRET-DEVICE",
            "Referer": f"{gateway.url}/reset?token=S3CRET-REFERRER",
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
def test_odd_request_is_still_one_object(gateway: Gateway, kind: str) -> None:
    lines = len(gateway.log_lines(bool))
    gateway.raw(ODD_REQUESTS[kind], patience=HANG_UP_SECONDS)
    gateway.log_lines(bool, count=lines + 1)


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x00\xa5\x01garbage\r\n\r\n", b"\xff" * 20000, b"GET \r\n\r\n", b"\x00"],
)
def test_what_is_no_request_is_still_one_object(gateway: Gateway, data: bytes) -> None:
    lines = len(gateway.log_lines(bool))
    gateway.raw(data, plain_port=gateway.http_port, patience=HANG_UP_SECONDS)
    gateway.log_lines(bool, count=lines + 1)
    # Over the TLS port some of it never becomes a request; what is logged must be an object too.
    gateway.raw(data, plain_port=gateway.https_port, patience=HANG_UP_SECONDS)
    gateway.log_lines(bool)
