"""All dashboards of Grafana, and their JSON format."""

import json

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana.node_exporter import node_exporter_dashboard
from dashboards.grafana.postgresql_and_gateway import postgresql_and_gateway_dashboard
from dashboards.grafana.services import services_dashboard


def all_dashboards() -> list[Dashboard]:
    return [services_dashboard(), node_exporter_dashboard(), postgresql_and_gateway_dashboard()]


def encode_dashboard(dashboard: Dashboard) -> str:
    """Encode a dashboard with one field per line and one panel per line, so that the diff of a changed panel is one
    line."""
    fields: dict[str, object] = json.loads(_to_json_line(dashboard))
    lines = [f"  {_to_json_line(name)}: {_to_json_lines(value)}" for name, value in fields.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _to_json_lines(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n    " + ",\n    ".join(_to_json_line(each) for each in value) + "\n  ]"
    return _to_json_line(value)


def _to_json_line(value: object) -> str:
    return json.dumps(value, cls=JSONEncoder, sort_keys=True, ensure_ascii=False)
