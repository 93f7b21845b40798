"""The queries of the dashboards and rules, and the metrics that they name."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import promql_parser
import yaml

OPS = Path(__file__).parents[2] / "ops"
DASHBOARDS = sorted((OPS / "grafana/dashboards").glob("*.json"))
RULES = sorted((OPS / "prometheus").glob("rules_*.yml"))

GRAFANAS_OWN: Mapping[str, str] = {
    "__rate_interval": "1m",
    "__range": "1h",
    "__interval": "15s",
}
EVERYTHING = ".*"

NEWER_EXPORTER = "Debian's exporter is too old to read it from PostgreSQL 18"
NO_STATUS_PAGE = "the nginx of `make up` has no stub_status"

ONLY_IN_CONTAINERS: Mapping[str, str] = {
    "nginx_up": NO_STATUS_PAGE,
    "nginx_connections_accepted": NO_STATUS_PAGE,
    "nginx_connections_handled": NO_STATUS_PAGE,
    "nginx_connections_reading": NO_STATUS_PAGE,
    "nginx_connections_waiting": NO_STATUS_PAGE,
    "nginx_connections_writing": NO_STATUS_PAGE,
    "pg_replication_lag_seconds": NEWER_EXPORTER,
    "pg_stat_bgwriter_buffers_clean_total": NEWER_EXPORTER,
    "pg_stat_checkpointer_buffers_written_total": NEWER_EXPORTER,
    "pg_stat_checkpointer_num_requested_total": NEWER_EXPORTER,
    "pg_stat_checkpointer_num_timed_total": NEWER_EXPORTER,
    "pg_replication_is_replica": NEWER_EXPORTER,
    "pg_wal_size_bytes": NEWER_EXPORTER,
}
"""Metrics that panels and rules name and `make up` does not have."""

ONLY_WITH_A_STANDBY = {"pg_stat_replication_pg_wal_lsn_diff"}
"""Metrics of a standby, which only an operator's own database has; rules_2_test.yml tests them."""

NEEDS_HARDWARE: Mapping[str, str] = {
    "Pressure stalls": "a kernel that counts pressure",
}
NEEDS_AN_EVENT: Mapping[str, str] = {
    "Faults by route": "an answer that is 5xx: a healthy platform gives none",
}
"""Panels that may be empty, by title."""

VARIABLE = re.compile(r"\$\{?([a-z_]\w*)(?::\w+)?\}?")
"""A variable of Grafana, in contrast to `$1` and `${1}`, which are capture groups in PromQL."""

Json = dict[str, Any]
"""JSON of Grafana or Prometheus; its parts get types where they are read."""


class PanelQuery(NamedTuple):
    dashboard: str
    panel: str
    expression: str


class RuleQuery(NamedTuple):
    file: str
    name: str
    """The name of the alert or recorded series."""
    expression: str


def dashboards() -> list[Json]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in DASHBOARDS]


def panels(dashboard: Json) -> Iterator[Json]:
    """Yield every panel except the row headings, including the panels inside collapsed rows."""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            yield from panel.get("panels", [])
        else:
            yield panel


def panel_queries(dashboard: Json) -> list[PanelQuery]:
    """Return the queries of all panels, with all values selected in every variable."""
    chosen = {variable["name"]: EVERYTHING for variable in dashboard["templating"]["list"]}
    return [
        PanelQuery(dashboard["uid"], panel["title"], with_values(target["expr"], chosen))
        for panel in panels(dashboard)
        for target in panel["targets"]
    ]


def why_empty(query: PanelQuery) -> str | None:
    """Return why `make up` may have no data for a query, or None if it must have some."""
    panel = NEEDS_HARDWARE.get(query.panel) or NEEDS_AN_EVENT.get(query.panel)
    metrics = metrics_in(query.expression)
    return panel or next(
        (ONLY_IN_CONTAINERS[name] for name in metrics & {*ONLY_IN_CONTAINERS}), None
    )


def rule_queries() -> list[RuleQuery]:
    return [
        RuleQuery(path.name, rule.get("alert") or rule["record"], rule["expr"])
        for path in RULES
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]


def with_values(expression: str, chosen: Mapping[str, str]) -> str:
    """Replace variables by values.

    Raises:
        KeyError: neither the dashboard nor Grafana has a variable with this name.
    """
    values = {**GRAFANAS_OWN, **chosen}
    return VARIABLE.sub(lambda found: values[found[1]], expression)


def metrics_in(expression: str) -> set[str]:
    """Return the names of the metrics that an expression reads.

    Raises:
        ValueError: it is not PromQL, or one of its selectors names no single metric.
    """
    return {_name_of(selector) for selector in _selectors(expression)}


def selectors_in(expression: str) -> set[str]:
    """Return the selectors of an expression without the functions around them.

    Raises:
        ValueError: it is not PromQL.
    """
    return {str(selector) for selector in _selectors(expression)}


def _selectors(expression: str) -> list[promql_parser.VectorSelector]:
    found: list[promql_parser.VectorSelector] = []

    def look(node: promql_parser.Expr) -> None:
        # The selector inside a range is visited on its own.
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)

    promql_parser.walk(promql_parser.parse(expression), look)
    return found


def _name_of(selector: promql_parser.VectorSelector) -> str:
    if selector.name is not None:
        return selector.name
    for matcher in selector.matchers.matchers:
        if matcher.name == "__name__" and matcher.op == promql_parser.MatchOp.Equal:
            return matcher.value
    raise ValueError(f"{selector} fits any number of metrics")
