"""The *Services* dashboard of auth, history, tournament and ui, for one or several of them."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana import game, processes, requests
from dashboards.grafana.board import board, variable


def services() -> Dashboard:
    return board(
        "services",
        "Services",
        "Requests, errors, latency and load of auth, history, tournament and ui, and activity of the game.",
        [variable("service", "Service", 'label_values(up{job="services"}, service)')],
        requests.overview(),
        requests.traffic(),
        requests.errors(),
        requests.latency(),
        processes.saturation(),
        processes.outbox(),
        game.matches(),
        game.live_matches(),
        game.connections(),
        game.queue(),
        game.tournaments(),
        game.sign_ins(),
    )
