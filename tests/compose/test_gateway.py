"""The gateway's container, called from this machine as a browser would be."""

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
STATIC_FILE = re.compile(r'"(/static/[0-9a-f]{12}/[^"]+\.css)"')


@pytest.fixture
def client(composed: ComposedPlatform) -> Iterator[httpx.Client]:
    """Trusts the certificate in the folder of secrets, and no other."""
    trust = ssl.create_default_context(cafile=composed.secrets / "tls_certificate.pem")
    with httpx.Client(base_url=composed.url, verify=trust, timeout=PATIENCE_SECONDS) as client:
        yield client


def test_the_certificate_is_the_one_that_was_given(composed: ComposedPlatform) -> None:
    shown = ssl.get_server_certificate(("localhost", composed.port))
    given = (composed.secrets / "tls_certificate.pem").read_text()
    assert ssl.PEM_cert_to_DER_cert(shown) == ssl.PEM_cert_to_DER_cert(given)


def test_plain_http_is_sent_to_the_published_port(composed: ComposedPlatform) -> None:
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


def test_a_file_of_no_release_is_not_found_and_not_kept(client: httpx.Client) -> None:
    answer = client.get("/static/000000000000/style.css")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_while_ui_is_away_a_page_says_so(
    composed: ComposedPlatform, client: httpx.Client
) -> None:
    with without(composed, "ui"):
        answer, style, key_set = get_each(
            client, "/", "/_gateway/error.css", "/api/user/.well-known/jwks.json"
        )
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "retry-after" in answer.headers
    assert "<h1" in answer.text
    assert (style.status_code, key_set.status_code) == (200, 200)
    # It came back under an address that the gateway has to learn.
    await until(lambda: client.get("/").status_code == 200)


def test_an_address_that_a_client_claims_is_not_believed(
    composed: ComposedPlatform, client: httpx.Client
) -> None:
    path = f"/{token_hex(8)}"
    claims = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP")
    client.get(path, headers=dict.fromkeys(claims, MADE_UP_ADDRESS))
    lines = [json.loads(line) for line in composed.logs("gateway").splitlines()]
    seen = [line["client"]["ip"] for line in lines if line["url"]["path"] == path]
    assert len(seen) == 1
    # Docker's own end of the network: the connection came from this machine.
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
