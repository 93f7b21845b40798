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
    fields: dict[str, object] = json.loads(_encode_value(dashboard))
    lines = [f"  {_encode_value(name)}: {_encode_field(value)}" for name, value in fields.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _encode_field(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n    " + ",\n    ".join(_encode_value(each) for each in value) + "\n  ]"
    return _encode_value(value)


def _encode_value(value: object) -> str:
    return json.dumps(value, cls=JSONEncoder, sort_keys=True, ensure_ascii=False)
