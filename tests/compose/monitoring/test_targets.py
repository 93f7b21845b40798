"""Prometheus in its container finds all its targets, and evaluates the
queries of rules and dashboards."""

from collections.abc import Iterable

import psutil
import pytest

from tests.compose.containers import SERVICES
from tests.compose.monitoring.running import Monitoring
from tests.fixtures.composed import ROOT
from tests.fixtures.docker import docker
from tests.monitoring.prometheus import until_up
from tests.monitoring.queries import ONLY_IN_CONTAINERS, dashboards, metrics_in, panel_queries

TARGETS = {
    *(f"services {name}" for name in (*SERVICES, "ui")),
    *(f"postgres {name}" for name in SERVICES),
    "gateway gateway",
    "nginx gateway",
    "node host",
    "prometheus prometheus",
    "alertmanager alertmanager",
}
# One scrape interval, and another for a name that did not resolve at first.
FOUND_SECONDS = 60
# `rate` over a minute takes two scrapes.
DATA_SECONDS = 60


async def test_every_target_is_up(watched: Monitoring) -> None:
    targets = await until_up(watched.prometheus, FOUND_SECONDS)
    expected = TARGETS if watched.missing else TARGETS | {"grafana grafana"}
    assert targets == dict.fromkeys(expected, "up")


def test_grafana_runs(watched: Monitoring) -> None:
    if watched.missing:
        pytest.skip(
            f"Grafana is NOT RUN: its image {watched.missing} is not here and cannot be pulled"
        )
    health = watched.platform.inspect(watched.platform.container("grafana"))["State"]["Health"]
    assert health["Status"] == "healthy"


def lasting(interfaces: Iterable[str]) -> set[str]:
    """Leave out the interfaces of containers and their networks, which come and
    go, also for other stacks."""
    return {name for name in interfaces if not name.startswith(("veth", "br-"))}


async def test_the_host_exporter_measures_the_host_instead_of_its_container(
    watched: Monitoring,
) -> None:
    assert (await until_up(watched.prometheus, FOUND_SECONDS))["node host"] == "up"
    seen = watched.prometheus
    interfaces = {it["metric"]["device"] for it in await seen.query("node_network_info")}
    assert lasting(interfaces) == lasting(psutil.net_if_addrs())
    (memory,) = await seen.query("node_memory_MemTotal_bytes")
    assert float(memory["value"][1]) == psutil.virtual_memory().total
    (system,) = await seen.query('node_filesystem_size_bytes{mountpoint="/"}')
    assert float(system["value"][1]) == psutil.disk_usage("/").total


async def test_metrics_that_only_containers_have_exist(watched: Monitoring) -> None:
    await until_up(watched.prometheus, FOUND_SECONDS)
    asked = [
        query.expression
        for dashboard in dashboards()
        for query in panel_queries(dashboard)
        if metrics_in(query.expression) & {*ONLY_IN_CONTAINERS}
    ]
    assert asked
    left = await watched.prometheus.without_data([*asked, *ONLY_IN_CONTAINERS], DATA_SECONDS)
    assert left == []


def test_the_configuration_of_prometheus_is_valid(watched: Monitoring) -> None:
    container = watched.platform.container("prometheus")
    ended = watched.platform.run_in(
        container, "promtool", "check", "config", "--lint=all", "/etc/prometheus/prometheus.yml"
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_rules_pass_their_tests_in_the_image(watched: Monitoring) -> None:
    """The image's version is used here; `make lint` uses the installed one."""
    tests = sorted((ROOT / "ops/prometheus/tests").glob("*.yml"))
    assert tests
    mount = f"type=bind,source={ROOT / 'ops/prometheus'},target=/rules,readonly"
    docker(
        *("run", "--rm", "--network", "none", "--mount", mount, "--entrypoint", "/bin/promtool"),
        *(watched.platform.image("prometheus"), "test", "rules"),
        *(f"/rules/tests/{test.name}" for test in tests),
    )


def test_the_configuration_of_alertmanager_is_valid(watched: Monitoring) -> None:
    container = watched.platform.container("alertmanager")
    find = "amtool check-config /tmp/*/alertmanager.yml"
    ended = watched.platform.run_in(container, "sh", "-c", find)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 receivers" not in ended.stdout


def test_measurements_are_stored_on_volumes(watched: Monitoring) -> None:
    mounts = {
        mount["Destination"]: mount["Type"]
        for name in ("prometheus", "alertmanager")
        for mount in watched.platform.inspect(watched.platform.container(name))["Mounts"]
    }
    assert (mounts["/prometheus"], mounts["/alertmanager"]) == ("volume", "volume")
