"""Prometheus in its container finds everything that it is to watch, and can evaluate what is asked of it."""

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
# A scrape interval, and one more of a name that was not there at the first.
FOUND_SECONDS = 60
# `rate` over a minute takes two scrapes.
DATA_SECONDS = 60


async def test_everything_is_watched(watched: Monitoring) -> None:
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
    """Leave out those of containers and of their networks, which come and go, other stacks' too."""
    return {name for name in interfaces if not name.startswith(("veth", "br-"))}


async def test_the_host_is_watched_and_not_a_container(watched: Monitoring) -> None:
    assert (await until_up(watched.prometheus, FOUND_SECONDS))["node host"] == "up"
    seen = watched.prometheus
    interfaces = {it["metric"]["device"] for it in await seen.query("node_network_info")}
    assert lasting(interfaces) == lasting(psutil.net_if_addrs())
    (memory,) = await seen.query("node_memory_MemTotal_bytes")
    assert float(memory["value"][1]) == psutil.virtual_memory().total
    (system,) = await seen.query('node_filesystem_size_bytes{mountpoint="/"}')
    assert float(system["value"][1]) == psutil.disk_usage("/").total


async def test_what_make_up_cannot_show_is_there(watched: Monitoring) -> None:
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


def test_its_configuration_is_good(watched: Monitoring) -> None:
    container = watched.platform.container("prometheus")
    ended = watched.platform.run_in(
        container, "promtool", "check", "config", "--lint=all", "/etc/prometheus/prometheus.yml"
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_rules_do_what_their_tests_say(watched: Monitoring) -> None:
    """In the image's own version; `make lint` asks the one that is installed here."""
    tests = sorted((ROOT / "ops/prometheus/tests").glob("*.yml"))
    assert tests
    mount = f"type=bind,source={ROOT / 'ops/prometheus'},target=/rules,readonly"
    docker(
        *("run", "--rm", "--network", "none", "--mount", mount, "--entrypoint", "/bin/promtool"),
        *(watched.platform.image("prometheus"), "test", "rules"),
        *(f"/rules/tests/{test.name}" for test in tests),
    )


def test_the_configuration_of_mail_is_good(watched: Monitoring) -> None:
    container = watched.platform.container("alertmanager")
    find = "amtool check-config /tmp/*/alertmanager.yml"
    ended = watched.platform.run_in(container, "sh", "-c", find)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 receivers" not in ended.stdout


def test_measurements_outlive_the_container(watched: Monitoring) -> None:
    mounts = {
        mount["Destination"]: mount["Type"]
        for name in ("prometheus", "alertmanager")
        for mount in watched.platform.inspect(watched.platform.container(name))["Mounts"]
    }
    assert (mounts["/prometheus"], mounts["/alertmanager"]) == ("volume", "volume")
