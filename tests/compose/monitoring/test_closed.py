"""What monitors is as closed as what it monitors, and nobody reaches it but who is meant to."""

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
    # The machine's own.
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
# What an operator's browser asks for.
FOR_THE_GATEWAY = ("prometheus.operators:9090", "alertmanager:9093")


def test_every_container_is_closed_and_limited(watched: Monitoring) -> None:
    found = watched.platform.all_containers()
    for name in MONITORS:
        container = found[f"{name}-1"]
        assert_closed(name, container)
        assert_limited(name, container)


@pytest.mark.parametrize("name", WATCHING)
def test_no_process_is_root_or_can_become_it(watched: Monitoring, name: str) -> None:
    # The host's exporter sees every process of the host.
    processes = "self" if name == "host_exporter" else "[0-9]*"
    status = run_shell(watched, name, f"cat /proc/{processes}/status")
    assert_powerless(status)


@pytest.mark.parametrize("name", WRITABLE)
def test_only_what_is_named_can_be_written(watched: Monitoring, name: str) -> None:
    assert topmost(run_shell(watched, name, FIND_WRITABLE).split()) == WRITABLE[name]


@pytest.mark.parametrize("path", ["/host/new", "/host/proc/sys/kernel/hostname", "/new"])
def test_not_even_root_could_change_the_host(watched: Monitoring, path: str) -> None:
    container = watched.platform.container("host_exporter")
    ended = watched.platform.run_in(container, "sh", "-c", f"echo x > {path}", user="0")
    assert "Read-only file system" in ended.stderr


def test_every_container_says_that_it_is_well(watched: Monitoring) -> None:
    found = watched.platform.all_containers()
    states = {name: found[f"{name}-1"]["State"] for name in MONITORS}
    assert {name for name in WATCHING if states[name]["Health"]["Status"] == "healthy"} == set(
        WATCHING
    )
    assert {(states[name]["Status"], states[name]["ExitCode"]) for name in MONITOR_ROLES} == {
        ("exited", 0)
    }


def test_nobody_is_on_a_network_that_is_not_theirs(watched: Monitoring) -> None:
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


def test_nothing_of_it_is_published(watched: Monitoring) -> None:
    found = watched.platform.all_containers()
    for name in MONITORS:
        assert not any(found[f"{name}-1"]["NetworkSettings"]["Ports"].values()), name


def test_the_host_is_told_of_at_one_address_only(watched: Monitoring) -> None:
    container = watched.platform.container("host_exporter")
    pid = watched.platform.inspect(container)["State"]["Pid"]
    # Every socket of the host is in the table; the exporter's own are known by their number.
    own = set(SOCKET.findall(run_shell(watched, "host_exporter", f"ls -l /proc/{pid}/fd")))
    table = run_shell(watched, "host_exporter", "cat /proc/net/tcp /proc/net/tcp6")
    rows = (line.split() for line in table.splitlines())
    heard = [row[1] for row in rows if row[3] == LISTENS and row[9] in own]
    address = socket.inet_aton(watched.host_address)[::-1].hex().upper()
    assert heard == [f"{address}:{HOST_PORT:04X}"]


@pytest.mark.parametrize("name", RUNNING)
def test_the_host_is_asked_by_who_has_a_way_out_only(watched: Monitoring, name: str) -> None:
    """Whoever may speak to the world may speak to the machine; nothing in a compose file could forbid it."""
    target = f"{watched.host_address}:{HOST_PORT}"
    reached = reached_from(watched.platform, name, {target})
    assert reached == ({target} if name in {"gateway", "auth"} else set())


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_reaches_nothing_that_monitors(watched: Monitoring, name: str) -> None:
    """By no name and at none of its addresses; what the gateway shows to operators is the gateway's."""
    targets = set(FOR_THE_GATEWAY)
    for each, port in PORTS.items():
        targets.add(f"{each}:{port}")
        found = watched.platform.inspect(watched.platform.container(each))
        networks = found["NetworkSettings"]["Networks"].values()
        targets.update(f"{network['IPAddress']}:{port}" for network in networks)
    if name == "gateway":
        # In two networks of the gateway's, which is why the gateway calls it otherwise.
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
    # It counts connections for the gateway, and may be asked by it.
    counts = {f"{name}:{PORTS[NGINX_EXPORTER]}" for name in (NGINX_EXPORTER, status)}
    return {*FOR_THE_GATEWAY, *operators, *counts}


def test_no_secret_is_told(watched: Monitoring) -> None:
    """Neither to who lists containers nor to who reads logs."""
    files = watched.platform.secrets.glob("*_password")
    values = {value for file in files if (value := file.read_text().strip())}
    told = json.dumps(watched.platform.all_containers())
    told += watched.platform.compose("--profile", "monitoring", "logs", "--no-color")
    assert "Listening on" in told
    assert not any(value in told for value in values)


def run_shell(watched: Monitoring, name: str, script: str) -> str:
    container = watched.platform.container(name)
    return watched.platform.run_in(container, "sh", "-c", script).stdout
