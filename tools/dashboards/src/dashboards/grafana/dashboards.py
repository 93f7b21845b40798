"""Everything that Grafana is given, as it keeps it."""

import json

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana.node_exporter import node_exporter
from dashboards.grafana.postgresql_and_gateway import postgresql_and_gateway
from dashboards.grafana.services import services


def dashboards() -> list[Dashboard]:
    return [services(), node_exporter(), postgresql_and_gateway()]


def encoded(dashboard: Dashboard) -> str:
    """One order and one value a line, so that a change of a panel reads as one."""
    return (
        json.dumps(dashboard, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    )
