"""Panels of the gateway: all answers to clients, including its own errors."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, section
from dashboards.grafana.objectives import FAULTS_ALLOWED, faults_left
from dashboards.grafana.panels import Query, bad_below, figure, lines, percentiles
from dashboards.grafana.promql import percentile, rate, share, total

ANSWERS = "gateway_responses_total"
DURATION = "gateway_response_seconds"
FAULTY = 'class="5xx"'
UPSTREAM = "{{upstream}}"

CERTIFICATE = "gateway_certificate_expiry_timestamp_seconds"
DAY_SECONDS = 86400


def answers() -> Section:
    faults = share(rate(ANSWERS, FAULTY), rate(ANSWERS), "upstream")
    return section(
        "Gateway",
        [
            figure(
                "Error budget left",
                "What is left of 0.1 % faulty answers in 30 days; below zero the objective is missed.",
                units.PercentUnit,
                Query(faults_left(ANSWERS), UPSTREAM),
                bad_below(0.5, 0),
                trend=False,
            ),
            figure(
                "Certificate ends in",
                "How long browsers will still trust the certificate; below two weeks it should have been renewed.",
                units.Days,
                Query(f"(min({CERTIFICATE}) - time()) / {DAY_SECONDS}", "certificate"),
                bad_below(21, 14),
                trend=False,
            ),
        ],
        [
            lines(
                "Answers by class",
                "Answers a second by class; red is what our people see as broken.",
                units.RequestsPerSecond,
                Query(total(rate(ANSWERS), "class"), "{{class}}"),
                stacked=True,
            ),
            lines(
                "Answers by upstream",
                "Answers a second by who gave them; those of none are the gateway's own, pages and refusals.",
                units.RequestsPerSecond,
                Query(total(rate(ANSWERS), "upstream"), UPSTREAM),
                stacked=True,
            ),
            lines(
                "Share of faults by upstream",
                "5xx among all answers; the dashed line is what the objective allows.",
                units.PercentUnit,
                Query(faults, UPSTREAM),
                limit=FAULTS_ALLOWED,
            ),
        ],
    )


def latency() -> Section:
    return section(
        "Gateway's latency",
        [
            lines(
                "Until the first byte",
                "How long everybody waits for an answer to begin, streams and sockets left out.",
                units.Seconds,
                *percentiles(DURATION),
            ),
            lines(
                "Slow answers by upstream (p95)",
                "One answer in twenty takes longer; far above the service's own number, the time is lost between.",
                units.Seconds,
                Query(percentile(0.95, DURATION, by=("upstream",)), UPSTREAM),
            ),
            lines(
                "Slowest answers by upstream (p99)",
                "One answer in a hundred takes longer; what is slow only here is rare but felt.",
                units.Seconds,
                Query(percentile(0.99, DURATION, by=("upstream",)), UPSTREAM),
            ),
        ],
    )


def connections() -> Section:
    """Return panels that are empty outside of containers, because the nginx of `make up` has no status page for its
    exporter."""
    return section(
        "Gateway's connections",
        [
            lines(
                "nginx's connections",
                "What nginx does for its connections; many reading are slow or hostile, waiting ones cost little.",
                units.Short,
                Query("sum(nginx_connections_reading)", "reading"),
                Query("sum(nginx_connections_writing)", "writing"),
                Query("sum(nginx_connections_waiting)", "waiting"),
                stacked=True,
            ),
            lines(
                "nginx's connections taken",
                "Connections a second that came and that were taken; a gap between the two is a full worker.",
                units.CountsPerSecond,
                Query(total(rate("nginx_connections_accepted")), "came"),
                Query(total(rate("nginx_connections_handled")), "taken"),
            ),
        ],
    )
