"""The *PostgreSQL and gateway* dashboard."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana import gateway, postgresql
from dashboards.grafana.board import board, variable


def postgresql_and_gateway() -> Dashboard:
    return board(
        "postgresql-and-gateway",
        "PostgreSQL and gateway",
        "The databases of auth, history and tournament, and the gateway in front of all services.",
        [variable("service", "Database of", 'label_values(up{job="postgres"}, service)')],
        postgresql.overview(),
        postgresql.connections(),
        postgresql.work(),
        postgresql.size(),
        postgresql.writing(),
        gateway.answers(),
        gateway.latency(),
        gateway.connections(),
    )
