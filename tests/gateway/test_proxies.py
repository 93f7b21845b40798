"""The client's address is the connection's, unless a trusted proxy names another."""

from collections.abc import Iterator

import pytest

from tests.gateway.nginx import Gateway, Services, running_gateway

pytestmark = pytest.mark.image

CLIENT, OTHER, INNER_PROXY, STRANGER = "203.0.113.9", "203.0.113.10", "10.1.2.3", "198.51.100.1"
US = "127.0.0.1"
ATTEMPTS = 2
TIGHT = {"GATEWAY_LOGIN_RATE": "6r/m", "GATEWAY_LOGIN_BURST": str(ATTEMPTS - 1)}
TRUSTED = {"GATEWAY_TRUSTED_PROXIES": "../proxies.conf"}
FILES = {"proxies.conf": b"set_real_ip_from 127.0.0.1;\nset_real_ip_from 10.0.0.0/8;\n"}
SPEAKING_PROXY = {
    "GATEWAY_LISTEN_OPTIONS": "proxy_protocol",
    "GATEWAY_REAL_IP_HEADER": "proxy_protocol",
}
PREFACE = f"PROXY TCP4 {CLIENT} {US} 40000 8090\r\n".encode()


@pytest.fixture
def trusting(services: Services) -> Iterator[Gateway]:
    with running_gateway(services, {**TIGHT, **TRUSTED}, files=FILES) as gateway:
        yield gateway


def logged(gateway: Gateway, request_id: str) -> object:
    (line,) = gateway.log_lines(lambda line: line["trace"] == {"id": request_id})
    return line["client"]["ip"]


def seen_for(gateway: Gateway, services: Services, forwarded: list[str]) -> object:
    """Return the client's address in the log, after checking that the service received the same."""
    headers = [("X-Forwarded-For", value) for value in forwarded]
    with gateway.client() as client:
        reply = client.get("/lobby", headers=headers)
    assert reply.status_code == 200
    address = logged(gateway, reply.headers["X-Request-ID"])
    assert services.ui.last.one("x-real-ip") == address
    assert services.ui.last.one("x-forwarded-for") == address
    return address


def attempts(gateway: Gateway, addresses: list[str]) -> list[int]:
    with gateway.client() as client:
        return [
            client.post("/sign-in", headers={"X-Forwarded-For": address}).status_code
            for address in addresses
        ]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"])
def test_an_address_claimed_by_a_client_is_ignored(
    gateway: Gateway, services: Services, name: str
) -> None:
    with gateway.client() as client:
        reply = client.get("/", headers={name: CLIENT})
    assert logged(gateway, reply.headers["X-Request-ID"]) == US
    assert services.ui.last.one("x-real-ip") == US
    assert CLIENT not in str(services.ui.last.headers)


def test_an_invented_address_has_no_budget_of_its_own(services: Services) -> None:
    with running_gateway(services, TIGHT) as gateway:
        invented = [f"203.0.113.{number}" for number in range(ATTEMPTS + 1)]
        assert attempts(gateway, invented) == [200] * ATTEMPTS + [429]


def test_an_address_named_by_a_trusted_proxy_is_used(trusting: Gateway, services: Services) -> None:
    assert seen_for(trusting, services, [CLIENT]) == CLIENT
    assert seen_for(trusting, services, []) == US
    assert seen_for(trusting, services, ["no address"]) == US


def test_addresses_behind_a_trusted_proxy_have_a_budget_each(trusting: Gateway) -> None:
    assert attempts(trusting, [CLIENT] * (ATTEMPTS + 1)) == [200] * ATTEMPTS + [429]
    assert attempts(trusting, [OTHER] * (ATTEMPTS + 1)) == [200] * ATTEMPTS + [429]


def test_addresses_of_one_ipv6_prefix_share_a_budget(trusting: Gateway) -> None:
    line = ["2001:db8:0:7::1", "2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:db8:0:7:a0a:a0a:a0a:a0a"]
    assert attempts(trusting, line) == [200] * ATTEMPTS + [429]
    assert attempts(trusting, ["2001:db8:0:8::1", "2001:db8:0:a::1"] * 2) == [200] * 4
    # These addresses contain the byte of a newline.
    newlines = ["2001:db8:0a0a:0a0a::1", "2001:db8:0a0a:0a0a::2", "2001:db8:0a0a:0a0a::3"]
    assert attempts(trusting, newlines) == [200] * ATTEMPTS + [429]


def test_an_ipv4_address_written_as_ipv6_counts_as_ipv4(trusting: Gateway) -> None:
    assert attempts(trusting, [CLIENT, f"::ffff:{CLIENT}", CLIENT]) == [200] * ATTEMPTS + [429]
    assert attempts(trusting, [f"::ffff:{OTHER}"]) == [200]


def test_an_ipv6_address_is_logged_and_passed_on_in_full(
    trusting: Gateway, services: Services
) -> None:
    assert seen_for(trusting, services, ["2001:db8:0:7::9"]) == "2001:db8:0:7::9"


@pytest.mark.parametrize(
    "forwarded",
    [
        [f"{CLIENT}, {INNER_PROXY}"],
        [CLIENT, INNER_PROXY],
        # The first address came from the client; the trusted proxy appended the client's own.
        [f"{STRANGER}, {CLIENT}"],
        [f"{STRANGER}, {CLIENT}, {INNER_PROXY}"],
        [f"{INNER_PROXY}, {CLIENT}, {INNER_PROXY}"],
        [STRANGER, CLIENT],
    ],
)
def test_a_chain_is_followed_to_the_first_untrusted_address(
    trusting: Gateway, services: Services, forwarded: list[str]
) -> None:
    assert seen_for(trusting, services, forwarded) == CLIENT


def test_the_proxy_protocol_names_the_address(services: Services) -> None:
    with running_gateway(services, {**TRUSTED, **SPEAKING_PROXY}, files=FILES) as gateway:
        assert asked_with(gateway, PREFACE) == CLIENT
        assert services.ui.last.one("x-forwarded-for") == CLIENT


def test_the_proxy_protocol_of_an_untrusted_peer_is_ignored(services: Services) -> None:
    with running_gateway(services, SPEAKING_PROXY) as gateway:
        assert asked_with(gateway, PREFACE) == US


def test_a_listener_for_the_proxy_protocol_refuses_other_connections(services: Services) -> None:
    with running_gateway(services, SPEAKING_PROXY) as gateway:
        with pytest.raises(OSError, match=r"EOF|reset"):
            asked_with(gateway, b"")
        assert gateway.log_text() == ""


def asked_with(gateway: Gateway, preface: bytes) -> object:
    with gateway.connection(preface) as secure:
        # With the proxy protocol, the header has no effect.
        secure.sendall(
            f"GET /by-proxy HTTP/1.0\r\nHost: localhost\r\nX-Forwarded-For: {OTHER}\r\n\r\n".encode()
        )
        assert secure.recv(100).startswith(b"HTTP/1.1 200 ")
    (line,) = gateway.log_lines(lambda line: line["url"]["path"] == "/by-proxy")
    return line["client"]["ip"]
