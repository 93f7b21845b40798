"""The panels' queries are valid PromQL for the oldest supported
Prometheus and use existing metrics."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from auth.app import create_app as _auth
from history.app import create_app as _history
from launcher.temporary import TemporaryCluster
from tests.monitoring.programs import find_program, metrics_of
from tests.monitoring.queries import (
    DASHBOARDS,
    NEEDS_AN_EVENT,
    NEEDS_HARDWARE,
    ONLY_IN_CONTAINERS,
    ONLY_WITH_A_STANDBY,
    OPS,
    VARIABLE,
    Json,
    dashboards,
    metrics_in,
    panel_queries,
    panels,
    rule_queries,
    selectors_in,
)
from tournament.app import create_app as _tournament

CONTRACT = OPS.parent / "docs/monitoring.md"
PROMETHEUS_OWN = {"up", "ALERTS"}
OF_EXPORTERS = ("node_", "pg_")
SUFFIX = re.compile(r"_(total|bucket|count|sum)$")
COUNTED_BY = (_auth, _history, _tournament)
"""Importing these applications registers their metrics."""

every_dashboard = pytest.mark.parametrize(
    "dashboard", dashboards(), ids=[path.stem for path in DASHBOARDS]
)


@every_dashboard
def test_every_variable_of_a_query_exists_and_allows_several_values(dashboard: Json) -> None:
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    used: set[str] = set()
    for expression in expressions_of(dashboard):
        names = {name for name in VARIABLE.findall(expression) if not name.startswith("__")}
        used |= names
        for name in names:
            uses = re.findall(rf"\S*\$\{{?{name}\b", expression)
            assert all(re.search(r'=~"\$', use) for use in uses), expression
    assert used == set(variables)
    for variable in variables.values():
        assert variable["multi"] is True
        assert variable["includeAll"] is True
        assert variable["allValue"] == ".*"


@every_dashboard
def test_rates_use_grafanas_interval_or_the_displayed_range(dashboard: Json) -> None:
    for expression in expressions_of(dashboard):
        windows = re.findall(r"\brate\(.*?\[([^\]]+)\]\)", expression)
        assert set(windows) <= {"$__rate_interval", "$__range"}, expression


def test_prometheus_accepts_every_query(tmp_path: Path) -> None:
    promtool = find_program("promtool", "prometheus")
    asked = [query for dashboard in dashboards() for query in panel_queries(dashboard)]
    rules = [
        {"record": f"panel_{number}", "expr": query.expression}
        for number, query in enumerate(asked)
    ]
    groups = {"groups": [{"name": "panels", "rules": rules}]}
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump(groups))
    checked = subprocess.run(
        [promtool, "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert f"{len(rules)} rules found" in checked.stdout


def test_every_metric_of_machine_and_databases_is_one_of_its_exporter(
    postgres: TemporaryCluster,
) -> None:
    exporters = metrics_of("prometheus-node-exporter", {}) | metrics_of(
        "prometheus-postgres-exporter",
        {"DATA_SOURCE_NAME": f"{postgres.cluster.url('auth_db')}?sslmode=disable"},
    )
    named = {name for name in metrics_named() if name.startswith(OF_EXPORTERS)}
    assert named - exporters - {*ONLY_IN_CONTAINERS} == set()


def test_every_other_metric_belongs_to_a_service_or_is_in_the_contract() -> None:
    assert all(COUNTED_BY)
    counted = {family.name for family in REGISTRY.collect()}
    contract = set(re.findall(r"`([a-z][a-z_]+)`", CONTRACT.read_text(encoding="utf-8")))
    named = {name for name in metrics_named() if not name.startswith(OF_EXPORTERS)}
    assert {
        name
        for name in named - contract - PROMETHEUS_OWN - {*ONLY_IN_CONTAINERS}
        if SUFFIX.sub("", name) not in counted | contract
    } == set()


def test_panels_and_metrics_that_may_be_missing_are_still_used() -> None:
    titles = {panel["title"] for dashboard in dashboards() for panel in panels(dashboard)}
    assert {*NEEDS_HARDWARE, *NEEDS_AN_EVENT} <= titles
    watched = {name for rule in rule_queries() for name in metrics_in(rule.expression)}
    assert metrics_named() | watched >= {*ONLY_IN_CONTAINERS} | ONLY_WITH_A_STANDBY


def test_metrics_and_selectors_are_found_anywhere_in_an_expression() -> None:
    expression = 'absent(up{job="a"} == 1) or sum by (x) (rate(b_total[5m])) / on (x) max_over_time(c[1h:1m])'
    assert metrics_in(expression) == {"up", "b_total", "c"}
    assert selectors_in(expression) == {'up{job="a"}', "b_total{}", "c{}"}
    assert metrics_in('{__name__="d"}') == {"d"}


@pytest.mark.parametrize("wrong", ["sum(", '{job="a"}', "rate(up)"])
def test_an_expression_without_a_definite_metric_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        metrics_in(wrong)


def expressions_of(dashboard: Json) -> list[str]:
    return [target["expr"] for panel in panels(dashboard) for target in panel["targets"]]


def metrics_named() -> set[str]:
    return {
        name
        for dashboard in dashboards()
        for query in panel_queries(dashboard)
        for name in metrics_in(query.expression)
    }
