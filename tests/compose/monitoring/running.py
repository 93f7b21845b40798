"""Starts the monitoring profile of the compose file beside the running platform."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tests.fixtures.composed import START_LIMIT_SECONDS, ComposedPlatform
from tests.fixtures.docker import docker, try_docker
from tests.monitoring.prometheus import Prometheus

PROFILE = ("--profile", "monitoring")
GRAFANA = "grafana"
STOP_LIMIT_SECONDS = 10


@dataclass(frozen=True)
class Monitoring:
    """The running profile; `missing` names an image that is neither present nor can be pulled."""

    platform: ComposedPlatform
    services: set[str]
    host_address: str
    missing: str | None
    prometheus: Prometheus


@contextmanager
def monitoring(composed: ComposedPlatform) -> Iterator[Monitoring]:
    """Start monitoring, and remove it at the end: other tests look at all
    containers of the project."""
    host_address = _address_of_host(composed)
    environment = {**composed.environment, "HOST_EXPORTER_BIND": host_address}
    platform = replace(composed, environment=environment)
    described = _described(platform)
    missing = _missing(described[GRAFANA]["image"])
    services = set(described) - ({GRAFANA} if missing else set())
    try:
        start(platform, services)
        url = f"http://{platform.address(platform.container('prometheus'), 'operators')}:9090"
        yield Monitoring(platform, services, host_address, missing, Prometheus(url))
    finally:
        limit = str(STOP_LIMIT_SECONDS)
        platform.compose(*PROFILE, "stop", "--timeout", limit, *services)
        platform.compose(*PROFILE, "rm", "--force", "--volumes", *services)


def start(platform: ComposedPlatform, services: set[str]) -> None:
    limit = str(START_LIMIT_SECONDS)
    # By name, since Compose would also pull the image of a service that is not to start.
    platform.compose(
        *PROFILE, "up", "--wait", "--wait-timeout", limit, "--quiet-pull", *sorted(services)
    )


def _address_of_host(composed: ComposedPlatform) -> str:
    """Return an address of the machine that this stack's containers reach and no
    other stack's exporter uses."""
    form = "{{(index .IPAM.Config 0).Gateway}}"
    return docker("network", "inspect", f"{composed.project}_edge", "--format", form).strip()


def _described(platform: ComposedPlatform) -> dict[str, Any]:
    whole = json.loads(platform.compose(*PROFILE, "config", "--format", "json"))
    return {
        name: service
        for name, service in whole["services"].items()
        if "monitoring" in service.get("profiles", ())
    }


def _missing(image: str) -> str | None:
    found = try_docker("image", "inspect", image).returncode == 0
    return None if found or try_docker("pull", "--quiet", image).returncode == 0 else image
