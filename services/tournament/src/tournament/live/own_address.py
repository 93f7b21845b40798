"""Where this process is reached by those who share a network with the other services."""

import asyncio
import socket
from urllib.parse import urlsplit


async def own_address(neighbour_url: str, port: int) -> str:
    """Return the address, with the port, that this machine has on the way to a neighbour.

    A container may be in several networks, and the gateway is in the one where the neighbours are. Nothing is sent.

    Raises:
        OSError: nobody knows the neighbour's name yet.
    """
    neighbour = urlsplit(neighbour_url)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(neighbour.hostname, neighbour.port or 80, type=socket.SOCK_DGRAM)
    # Where a neighbour has both, IPv4: it is what services listen on (BIND_HOST) unless they are told otherwise.
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    family, kind, protocol, _, there = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.connect(there)
        host = probe.getsockname()[0]
    return f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}"
