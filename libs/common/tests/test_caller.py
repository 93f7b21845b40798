"""The caller of a request as handlers see it, safe to store, log and count by."""

from collections.abc import AsyncGenerator

import httpx
import msgspec
import pytest
from litestar import get
from litestar.di import NamedDependency

from tests.fixtures.clients import Serve
from transcendence_common.caller import Caller

IPV6 = "0123:4567:89ab:cdef:0123:4567:255.255.255.255"
OF_OURS = "t" * 64


@get("/caller")
async def tell(caller: NamedDependency[Caller]) -> Caller:
    return caller


@pytest.fixture
async def client(serve: Serve) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with serve([tell]) as client:
        client.headers.clear()
        yield client


async def test_the_caller_is_taken_from_the_headers_of_the_gateway_and_ui(
    client: httpx.AsyncClient,
) -> None:
    headers = {"X-Real-IP": "192.0.2.7", "User-Agent": "Firefox", "X-Device": OF_OURS}
    answer = await client.get("/caller", headers=headers)
    assert answer.json() == {
        "address": "192.0.2.7",
        "user_agent": "Firefox",
        "device_token": OF_OURS,
    }


async def test_without_a_gateway_the_caller_is_the_peer(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/caller")
    assert answer.json() == {"address": "127.0.0.1", "user_agent": "", "device_token": None}


@pytest.mark.parametrize("token", ["", OF_OURS + "t"])
async def test_an_invalid_device_token_is_ignored(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.get("/caller", headers={"X-Device": token})
    assert answer.json()["device_token"] is None


async def test_long_values_are_truncated(client: httpx.AsyncClient) -> None:
    headers = {"X-Real-IP": IPV6 + "1", "User-Agent": "x" * 600}
    found = (await client.get("/caller", headers=headers)).json()
    assert (found["address"], len(found["user_agent"])) == (IPV6, 512)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3:3:4:5:6", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:0207", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("no address", "no address"),
        ("", ""),
    ],
)
async def test_an_ipv6_prefix_is_one_network_and_the_address_is_kept(
    client: httpx.AsyncClient, address: str, network: str
) -> None:
    answer = await client.get("/caller", headers={"X-Real-IP": address} if address else {})
    caller = msgspec.convert(answer.json(), Caller)
    if address:
        assert (caller.address, caller.network) == (address, network)
    assert Caller(address, "", None).network == network


async def test_a_caller_is_always_safe_for_a_row_and_a_line(client: httpx.AsyncClient) -> None:
    headers = [(b"X-Real-IP", b"192.0.2.7\t\x00"), (b"User-Agent", b"Fire\x1b\x85\xa0fox \x7f2")]
    found = (await client.get("/caller", headers=headers)).json()
    assert (found["address"], found["user_agent"]) == ("192.0.2.7", "Firefox 2")
