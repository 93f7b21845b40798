"""Which containers reach which addresses, tried from inside the running containers."""

import pytest

from tests.compose.containers import DATABASES, MAIL, RUNNING, SERVICES
from tests.fixtures.composed import ComposedPlatform
from tests.fixtures.docker import docker

NETWORKS = {
    "setup": {"none"},
    "gateway": {"edge", "services", "operators", "kibana_page", "gateway_status"},
    "ui": {"services"},
    **{service: {"services", f"{service}_data"} for service in SERVICES},
    # auth reaches mail servers and sign-in providers.
    "auth": {"services", "auth_data", "mail", "outside"},
    MAIL: {"mail", "mail_page"},
    **{
        f"{service}_{part}": {f"{service}_data"}
        for service in SERVICES
        for part in ("db", "migrations")
    },
}
# In parallel, since a dropped packet is only detected by a timeout.
PRINT_REACHED = """
for target; do
  (timeout 2 bash -c "exec 3<>/dev/tcp/${target/:/\\/}" 2>/dev/null && echo "$target") &
done
wait
"""
ROUTES = "cat /proc/net/route; cat /proc/net/ipv6_route 2>/dev/null || :"
DATABASE_PORT = 5432
SMTP_PORT = 1025


@pytest.fixture(scope="module")
def addresses(composed: ComposedPlatform) -> dict[str, set[str]]:
    """The addresses of each database: by name, and by number for containers whose DNS
    does not resolve the name."""
    return {
        name: {
            f"{name}:{DATABASE_PORT}",
            f"{composed.address(composed.container(name), f'{service}_data')}:{DATABASE_PORT}",
        }
        for service, name in zip(SERVICES, DATABASES, strict=True)
    }


@pytest.mark.parametrize("name", RUNNING)
def test_a_database_is_reached_by_its_service_only(
    composed: ComposedPlatform, addresses: dict[str, set[str]], name: str
) -> None:
    allowed = addresses.get(f"{name.removesuffix('_db')}_db", set())
    assert reached_from(composed, name, set().union(*addresses.values())) == allowed


@pytest.mark.parametrize("name", RUNNING)
def test_only_auth_reaches_the_mail_server(composed: ComposedPlatform, name: str) -> None:
    address = composed.address(composed.container(MAIL), "mail")
    targets = {f"{MAIL}:{SMTP_PORT}", f"{address}:{SMTP_PORT}"}
    assert reached_from(composed, name, targets) == (targets if name == "auth" else set())


@pytest.mark.parametrize("name", RUNNING)
def test_only_gateway_and_auth_reach_the_internet(composed: ComposedPlatform, name: str) -> None:
    routes = composed.run_in(composed.container(name), "sh", "-c", ROUTES).stdout
    assert "Iface" in routes
    assert any(map(is_default_route, routes.splitlines())) == (name in {"gateway", "auth"})


def test_the_mail_container_gets_no_answers_from_the_internet(composed: ComposedPlatform) -> None:
    """The container has a route, since its page is published, but its packets
    keep a private source address."""
    option = "com.docker.network.bridge.enable_ip_masquerade"
    network = f"{composed.project}_mail_page"
    shown = docker("network", "inspect", network, "--format", f'{{{{index .Options "{option}"}}}}')
    assert shown.strip() == "false"


def test_only_gateway_and_mail_publish_ports(composed: ComposedPlatform) -> None:
    """The gateway's ports are public, the mail page is published for this machine only."""
    published = {
        (name, port, host["HostIp"] == "127.0.0.1")
        for name, container in composed.all_containers().items()
        for port, hosts in container["NetworkSettings"]["Ports"].items()
        for host in hosts or ()
    }
    assert published == {
        ("gateway-1", "8090/tcp", False),
        ("gateway-1", "8091/tcp", False),
        ("mail-1", "8025/tcp", True),
    }


def test_every_container_is_on_its_own_networks_only(composed: ComposedPlatform) -> None:
    found = {
        name.rpartition("-")[0]: {
            network.removeprefix(f"{composed.project}_")
            for network in container["NetworkSettings"]["Networks"]
        }
        for name, container in composed.all_containers().items()
    }
    assert found == NETWORKS


@pytest.mark.parametrize("path", ["healthz", "stub_status", "metrics"])
def test_the_gateways_state_is_readable_inside_its_container(
    composed: ComposedPlatform, path: str
) -> None:
    answer = composed.run_in(
        composed.container("gateway"), "curl", "--fail", "--silent", f"http://127.0.0.1:8080/{path}"
    )
    assert (answer.returncode, bool(answer.stdout)) == (0, True)


def reached_from(composed: ComposedPlatform, name: str, targets: set[str]) -> set[str]:
    ended = composed.run_in(composed.container(name), "bash", "-c", PRINT_REACHED, "bash", *targets)
    return set(ended.stdout.split())


def is_default_route(line: str) -> bool:
    """Fields are, for IPv4: interface, destination, …; for IPv6:
    destination, length, …, interface."""
    fields = line.split()
    if len(fields[0]) == 32:
        return set(fields[0] + fields[1]) == {"0"} and fields[-1] != "lo"
    return fields[1] == "00000000"
