"""From where a request comes: what the gateway, and ui for its visitors, say of the browser behind it.

None of it says who somebody is. It names places and devices to their owner and gives guessers budgets of their own.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import msgspec
from litestar.connection import ASGIConnection

ADDRESS_HEADER = "X-Real-IP"
DEVICE_HEADER = "X-Device"
USER_AGENT_HEADER = "User-Agent"

LONGEST_ADDRESS = 45
"""Characters of an IPv6 address with an IPv4 one at its end."""
LONGEST_USER_AGENT = 512
SUBSCRIBER_BITS = 64
"""Of an IPv6 address: a line is given all addresses that begin with them (RFC 6177)."""
LONGEST_DEVICE_TOKEN = 64


class Caller(msgspec.Struct, frozen=True):
    """Address and program behind a request; `device_token` is a secret of a browser that ui knows again."""

    address: str
    user_agent: str
    device_token: str | None

    @property
    def network(self) -> str:
        """Whose address it is, to count by: an IPv4 address whole, the /64 of an IPv6 one.

        One IPv6 line has 2^64 addresses, and whoever was counted by each would have a budget for every attempt.
        """
        try:
            address = ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(address, IPv6Address):
            return _network_of(address)
        return str(address)


def provide_caller(request: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Dependency `caller`: where the request comes from."""
    headers = request.headers
    own_peer = request.client.host if request.client else ""
    device_token = headers.get(DEVICE_HEADER, "")
    return Caller(
        address=_storable(headers.get(ADDRESS_HEADER) or own_peer)[:LONGEST_ADDRESS],
        user_agent=_storable(headers.get(USER_AGENT_HEADER, ""))[:LONGEST_USER_AGENT],
        # What is longer is none of ours, and cutting it off would make two of it alike.
        device_token=device_token if 0 < len(device_token) <= LONGEST_DEVICE_TOKEN else None,
    )


def _network_of(address: IPv6Address) -> str:
    mapped: IPv4Address | None = address.ipv4_mapped
    if mapped is not None:
        return str(mapped)
    # By its number, which has no zone: `fe80::1%eth0`.
    return str(IPv6Network((int(address), SUBSCRIBER_BITS), strict=False))


def _storable(text: str) -> str:
    """PostgreSQL's text cannot hold the null character, and a log line should hold no control character."""
    return "".join(character for character in text if character.isprintable())
