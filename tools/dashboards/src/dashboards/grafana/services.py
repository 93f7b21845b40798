"""The *Services* dashboard of auth, history, tournament and ui, for one or several of them."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana import game, processes, requests
from dashboards.grafana.board import make_dashboard, query_variable


def services_dashboard() -> Dashboard:
    return make_dashboard(
        "services",
        "Services",
        "Requests, errors, latency and load of auth, history, tournament and ui, and activity of the game.",
        [query_variable("service", "Service", 'label_values(up{job="services"}, service)')],
        requests.overview_section(),
        requests.traffic_section(),
        requests.errors_section(),
        requests.latency_section(),
        processes.saturation_section(),
        processes.outbox_section(),
        game.matches_section(),
        game.live_matches_section(),
        game.connections_section(),
        game.queue_section(),
        game.tournaments_section(),
        game.sign_ins_section(),
    )
