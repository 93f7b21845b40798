"""The gateway's container, requested from this machine as a browser would."""

import ipaddress
import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

import httpx
import pytest

from tests.compose.load import until
from tests.fixtures.composed import ComposedPlatform
from tests.fixtures.patience import PATIENCE_SECONDS

MADE_UP_ADDRESS = "203.0.113.7"
PAGE = "/leaderboard"
"""A page that ui renders for each request; the gateway caches the landing page."""
STATIC_FILE = re.compile(r'"(/static/[0-9a-f]{12}/[^"]+\.css)"')


@pytest.fixture
def client(composed: ComposedPlatform) -> Iterator[httpx.Client]:
    """A client that trusts only the certificate in the folder of secrets."""
    trust = ssl.create_default_context(cafile=composed.secrets / "tls_certificate.pem")
    with httpx.Client(base_url=composed.url, verify=trust, timeout=PATIENCE_SECONDS) as client:
        yield client


def test_the_gateway_uses_the_certificate_from_the_secrets(composed: ComposedPlatform) -> None:
    shown = ssl.get_server_certificate(("localhost", composed.port))
    given = (composed.secrets / "tls_certificate.pem").read_text()
    assert ssl.PEM_cert_to_DER_cert(shown) == ssl.PEM_cert_to_DER_cert(given)


def test_plain_http_is_redirected_to_the_published_port(composed: ComposedPlatform) -> None:
    answer = httpx.get(f"{composed.http_url}/play?points=3")
    assert (answer.status_code, answer.headers["location"]) == (
        308,
        f"{composed.url}/play?points=3",
    )


def test_files_come_from_the_gateway_itself(
    composed: ComposedPlatform, client: httpx.Client
) -> None:
    found = STATIC_FILE.search(client.get("/").text)
    assert found is not None
    with composed.frozen("ui"):
        answer = client.get(found[1])
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_file_of_an_unknown_release_is_not_found_and_not_cached(client: httpx.Client) -> None:
    answer = client.get("/static/000000000000/style.css")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_a_page_reports_that_ui_is_unavailable(
    composed: ComposedPlatform, client: httpx.Client
) -> None:
    with without(composed, "ui"):
        answer, style, key_set = get_each(
            client, PAGE, "/_gateway/error.css", "/api/user/.well-known/jwks.json"
        )
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "retry-after" in answer.headers
    assert "<h1" in answer.text
    assert (style.status_code, key_set.status_code) == (200, 200)
    # The restarted ui may have another address, which the gateway has to resolve.
    await until(lambda: client.get(PAGE).status_code == 200)


def test_an_address_claimed_by_a_client_is_ignored(
    composed: ComposedPlatform, client: httpx.Client
) -> None:
    path = f"/{token_hex(8)}"
    claims = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP")
    client.get(path, headers=dict.fromkeys(claims, MADE_UP_ADDRESS))
    lines = [json.loads(line) for line in composed.logs("gateway").splitlines()]
    seen = [line["client"]["ip"] for line in lines if line["url"]["path"] == path]
    assert len(seen) == 1
    # The client's address is Docker's end of the network, since the
    # connection came from this machine.
    edge = composed.inspect(composed.container("gateway"))["NetworkSettings"]["Networks"]
    assert ipaddress.ip_address(seen[0]) in network_of(edge[f"{composed.project}_edge"])


def get_each(client: httpx.Client, *paths: str) -> list[httpx.Response]:
    return [client.get(path) for path in paths]


@contextmanager
def without(composed: ComposedPlatform, service: str) -> Iterator[None]:
    composed.compose("stop", service)
    try:
        yield
    finally:
        composed.compose("start", service)
        composed.wait_healthy()


def network_of(endpoint: dict[str, str]) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network(f"{endpoint['IPAddress']}/{endpoint['IPPrefixLen']}", strict=False)
