"""The *PostgreSQL and gateway* dashboard."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana import gateway, postgresql
from dashboards.grafana.board import make_dashboard, query_variable


def postgresql_and_gateway_dashboard() -> Dashboard:
    return make_dashboard(
        "postgresql-and-gateway",
        "PostgreSQL and gateway",
        "The databases of auth, history and tournament, and the gateway in front of all services.",
        [query_variable("service", "Database of", 'label_values(up{job="postgres"}, service)')],
        postgresql.overview_section(),
        postgresql.connections_section(),
        postgresql.work_section(),
        postgresql.size_section(),
        postgresql.writing_section(),
        gateway.answers_section(),
        gateway.latency_section(),
        gateway.connections_section(),
    )
