"""All dashboards of Grafana, and their JSON format."""

import json

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana.node_exporter import node_exporter
from dashboards.grafana.postgresql_and_gateway import postgresql_and_gateway
from dashboards.grafana.services import services


def dashboards() -> list[Dashboard]:
    return [services(), node_exporter(), postgresql_and_gateway()]


def encoded(dashboard: Dashboard) -> str:
    """Encode a dashboard with one field per line and one panel per line, so that the diff of a changed panel is one
    line."""
    fields: dict[str, object] = json.loads(_json(dashboard))
    lines = [f"  {_json(name)}: {_field(value)}" for name, value in fields.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _field(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n    " + ",\n    ".join(_json(each) for each in value) + "\n  ]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, cls=JSONEncoder, sort_keys=True, ensure_ascii=False)
