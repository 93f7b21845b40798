"""The origin of a request: address and browser, as reported by the gateway, or by ui for its visitors.

None of it identifies a person. It shows account owners their devices, and limits guessing attempts by origin.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import msgspec
from litestar.connection import ASGIConnection

ADDRESS_HEADER = "X-Real-IP"
DEVICE_HEADER = "X-Device"
USER_AGENT_HEADER = "User-Agent"

LONGEST_ADDRESS = 45
"""Characters of an IPv6 address with an IPv4 address at its end."""
LONGEST_USER_AGENT = 512
SUBSCRIBER_BITS = 64
"""Bits of an IPv6 prefix that belong to one subscriber line (RFC 6177)."""
LONGEST_DEVICE_TOKEN = 64


class Caller(msgspec.Struct, frozen=True):
    """Address and program of a request; `device_token` is a secret by which ui recognises a browser."""

    address: str
    user_agent: str
    device_token: str | None

    @property
    def network(self) -> str:
        """The network to count by: an IPv4 address, or the /64 of an IPv6 address.

        One IPv6 line has 2^64 addresses; counted by address, a line would have a new limit for every attempt.
        """
        try:
            address = ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(address, IPv6Address):
            return _network_of(address)
        return str(address)


def provide_caller(request: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Provide the dependency `caller`: the origin of the request."""
    headers = request.headers
    own_peer = request.client.host if request.client else ""
    device_token = headers.get(DEVICE_HEADER, "")
    return Caller(
        address=_printable_part(headers.get(ADDRESS_HEADER) or own_peer)[:LONGEST_ADDRESS],
        user_agent=_printable_part(headers.get(USER_AGENT_HEADER, ""))[:LONGEST_USER_AGENT],
        # A longer token is not from ui; cutting it off could make two tokens equal.
        device_token=device_token if 0 < len(device_token) <= LONGEST_DEVICE_TOKEN else None,
    )


def _network_of(address: IPv6Address) -> str:
    mapped: IPv4Address | None = address.ipv4_mapped
    if mapped is not None:
        return str(mapped)
    # Built from the number, which has no zone as in `fe80::1%eth0`.
    return str(IPv6Network((int(address), SUBSCRIBER_BITS), strict=False))


def _printable_part(text: str) -> str:
    """Remove control characters: PostgreSQL's text cannot hold the null character, and logs should have none."""
    return "".join(character for character in text if character.isprintable())
