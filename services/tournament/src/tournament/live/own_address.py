"""The address at which the other services reach this process."""

import asyncio
import socket
from urllib.parse import urlsplit


async def own_address(service_url: str, port: int) -> str:
    """Return `host:port` of this process in the network that it shares with another service.

    A container may be in several networks; the gateway is in the one of that service. No packet is sent.

    Args:
        service_url: the address of a service in that network.
        port: the port on which this process listens.

    Raises:
        OSError: the name of that service cannot be resolved yet.
    """
    service = urlsplit(service_url)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(service.hostname, service.port or 80, type=socket.SOCK_DGRAM)
    # IPv4 comes first where the service has both: services listen on it unless BIND_HOST says otherwise.
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    family, kind, protocol, _, there = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.connect(there)
        host = probe.getsockname()[0]
    return f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}"
