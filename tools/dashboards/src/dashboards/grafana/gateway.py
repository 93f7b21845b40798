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
                "Rest of the budget of 0.1 % answers with 5xx in 30 days; below zero the objective is missed.",
                units.PercentUnit,
                Query(faults_left(ANSWERS), UPSTREAM),
                bad_below(0.5, 0),
                trend=False,
            ),
            figure(
                "Certificate expires in",
                "Time until the certificate expires; below 14 days it should have been renewed.",
                units.Days,
                Query(f"(min({CERTIFICATE}) - time()) / {DAY_SECONDS}", "certificate"),
                bad_below(21, 14),
                trend=False,
            ),
        ],
        [
            lines(
                "Answers by class",
                "Answers per second by status class; players see the red ones as errors.",
                units.RequestsPerSecond,
                Query(total(rate(ANSWERS), "class"), "{{class}}"),
                stacked=True,
            ),
            lines(
                "Answers by upstream",
                "Answers per second by upstream; those of none are the gateway's own pages and refusals.",
                units.RequestsPerSecond,
                Query(total(rate(ANSWERS), "upstream"), UPSTREAM),
                stacked=True,
            ),
            lines(
                "Share of faults by upstream",
                "Share of 5xx among all answers; the dashed line is the maximum of the objective.",
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
                "Time to first byte",
                "Time until an answer begins, without streams and sockets.",
                units.Seconds,
                *percentiles(DURATION),
            ),
            lines(
                "Slow answers by upstream (p95)",
                "5 % of the answers take longer; a value far above the service's own is time lost between the two.",
                units.Seconds,
                Query(percentile(0.95, DURATION, by=("upstream",)), UPSTREAM),
            ),
            lines(
                "Slowest answers by upstream (p99)",
                "1 % of the answers take longer; a rise only here is a rare delay that players still notice.",
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
                "Connections by state; many in reading are slow or hostile clients, waiting ones cost little.",
                units.Short,
                Query("sum(nginx_connections_reading)", "reading"),
                Query("sum(nginx_connections_writing)", "writing"),
                Query("sum(nginx_connections_waiting)", "waiting"),
                stacked=True,
            ),
            lines(
                "nginx's new connections",
                "Connections accepted and handled per second; a gap between the two is a worker at its limit.",
                units.CountsPerSecond,
                Query(total(rate("nginx_connections_accepted")), "accepted"),
                Query(total(rate("nginx_connections_handled")), "handled"),
            ),
        ],
    )
