"""Monitoring containers are as restricted as the others and can only be reached as intended."""

import json
import re
import socket

import pytest

from tests.compose.containers import (
    DATABASE_EXPORTERS,
    MONITOR_ROLES,
    NGINX_EXPORTER,
    RUNNING,
    SERVICES,
    WATCHING,
)
from tests.compose.looking import (
    FIND_WRITABLE,
    assert_closed,
    assert_limited,
    assert_powerless,
    topmost,
)
from tests.compose.monitoring.running import Monitoring
from tests.compose.test_networks import NETWORKS, reached_from

MONITORS = (*WATCHING, NGINX_EXPORTER, *MONITOR_ROLES)
MONITORING_NETWORKS = {
    "prometheus": {"operators", "exporters", "services", "to_host"},
    "alertmanager": {"operators", "mail", "outside"},
    # The machine's own network.
    "host_exporter": {"host"},
    NGINX_EXPORTER: {"gateway_status", "exporters"},
    **{f"{service}_db_exporter": {f"{service}_data", "exporters"} for service in SERVICES},
    **{f"{service}_monitor_role": {f"{service}_data"} for service in SERVICES},
}
WRITABLE = {
    "prometheus": {"/tmp", "/prometheus"},  # noqa: S108 - compared, not written
    "alertmanager": {"/tmp", "/alertmanager"},  # noqa: S108
    **{name: set() for name in DATABASE_EXPORTERS},
}
PORTS = {
    "prometheus": 9090,
    "alertmanager": 9093,
    NGINX_EXPORTER: 9113,
    **dict.fromkeys(DATABASE_EXPORTERS, 9187),
}
HOST_PORT = 9100
SOCKET = re.compile(r"socket:\[(\d+)\]")
LISTENS = "0A"
# The addresses that the gateway proxies for an operator's browser.
FOR_THE_GATEWAY = ("prometheus.operators:9090", "alertmanager:9093")


def test_every_container_is_restricted_and_limited(watched: Monitoring) -> None:
    found = watched.platform.all_containers()
    for name in MONITORS:
        container = found[f"{name}-1"]
        assert_closed(name, container)
        assert_limited(name, container)


@pytest.mark.parametrize("name", WATCHING)
def test_no_process_is_root_or_can_become_root(watched: Monitoring, name: str) -> None:
    # The host's exporter sees every process of the host, so only its own is checked.
    processes = "self" if name == "host_exporter" else "[0-9]*"
    status = run_shell(watched, name, f"cat /proc/{processes}/status")
    assert_powerless(status)


@pytest.mark.parametrize("name", WRITABLE)
def test_only_the_named_folders_can_be_written(watched: Monitoring, name: str) -> None:
    assert topmost(run_shell(watched, name, FIND_WRITABLE).split()) == WRITABLE[name]


@pytest.mark.parametrize("path", ["/host/new", "/host/proc/sys/kernel/hostname", "/new"])
def test_even_root_cannot_change_the_host(watched: Monitoring, path: str) -> None:
    container = watched.platform.container("host_exporter")
    ended = watched.platform.run_in(container, "sh", "-c", f"echo x > {path}", user="0")
    assert "Read-only file system" in ended.stderr


def test_every_container_is_healthy(watched: Monitoring) -> None:
    found = watched.platform.all_containers()
    states = {name: found[f"{name}-1"]["State"] for name in MONITORS}
    assert {name for name in WATCHING if states[name]["Health"]["Status"] == "healthy"} == set(
        WATCHING
    )
    assert {(states[name]["Status"], states[name]["ExitCode"]) for name in MONITOR_ROLES} == {
        ("exited", 0)
    }


def test_every_container_is_on_its_own_networks_only(watched: Monitoring) -> None:
    project = watched.platform.project
    found = {
        name.rpartition("-")[0]: {
            network.removeprefix(f"{project}_")
            for network in container["NetworkSettings"]["Networks"]
        }
        for name, container in watched.platform.all_containers().items()
    }
    grafana = {} if watched.missing else {"grafana": {"operators"}}
    assert found == NETWORKS | MONITORING_NETWORKS | grafana


def test_monitoring_publishes_no_port(watched: Monitoring) -> None:
    found = watched.platform.all_containers()
    for name in MONITORS:
        assert not any(found[f"{name}-1"]["NetworkSettings"]["Ports"].values()), name


def test_the_host_exporter_listens_on_one_address_only(watched: Monitoring) -> None:
    container = watched.platform.container("host_exporter")
    pid = watched.platform.inspect(container)["State"]["Pid"]
    # The table lists every socket of the host; the exporter's own are identified by their inodes.
    own = set(SOCKET.findall(run_shell(watched, "host_exporter", f"ls -l /proc/{pid}/fd")))
    table = run_shell(watched, "host_exporter", "cat /proc/net/tcp /proc/net/tcp6")
    rows = (line.split() for line in table.splitlines())
    heard = [row[1] for row in rows if row[3] == LISTENS and row[9] in own]
    address = socket.inet_aton(watched.host_address)[::-1].hex().upper()
    assert heard == [f"{address}:{HOST_PORT:04X}"]


@pytest.mark.parametrize("name", RUNNING)
def test_only_containers_with_internet_access_reach_the_host_exporter(
    watched: Monitoring, name: str
) -> None:
    """A container with a route to the internet can also reach the machine, which
    no compose file can prevent."""
    target = f"{watched.host_address}:{HOST_PORT}"
    reached = reached_from(watched.platform, name, {target})
    assert reached == ({target} if name in {"gateway", "auth"} else set())


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_cannot_reach_monitoring(watched: Monitoring, name: str) -> None:
    """No service reaches monitoring by any name or address, except the gateway,
    which shows it to operators."""
    targets = set(FOR_THE_GATEWAY)
    for each, port in PORTS.items():
        targets.add(f"{each}:{port}")
        found = watched.platform.inspect(watched.platform.container(each))
        networks = found["NetworkSettings"]["Networks"].values()
        targets.update(f"{network['IPAddress']}:{port}" for network in networks)
    if name == "gateway":
        # The gateway shares two networks with Prometheus, so it uses a name
        # that is unique to one of them.
        targets.remove("prometheus:9090")
    reached = reached_from(watched.platform, name, targets)
    assert reached == (gateway_reaches(watched) if name == "gateway" else set())


def gateway_reaches(watched: Monitoring) -> set[str]:
    platform = watched.platform
    operators = {
        f"{platform.address(platform.container(name), 'operators')}:{PORTS[name]}"
        for name in ("prometheus", "alertmanager")
    }
    status = platform.address(platform.container(NGINX_EXPORTER), "gateway_status")
    # The exporter reads the gateway's counters, and the gateway may reach it in return.
    counts = {f"{name}:{PORTS[NGINX_EXPORTER]}" for name in (NGINX_EXPORTER, status)}
    return {*FOR_THE_GATEWAY, *operators, *counts}


def test_container_descriptions_and_logs_hold_no_secret(watched: Monitoring) -> None:
    files = watched.platform.secrets.glob("*_password")
    values = {value for file in files if (value := file.read_text().strip())}
    told = json.dumps(watched.platform.all_containers())
    told += watched.platform.compose("--profile", "monitoring", "logs", "--no-color")
    assert "Listening on" in told
    assert not any(value in told for value in values)


def run_shell(watched: Monitoring, name: str, script: str) -> str:
    container = watched.platform.container(name)
    return watched.platform.run_in(container, "sh", "-c", script).stdout
