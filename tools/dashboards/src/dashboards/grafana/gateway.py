"""Panels of the gateway: all answers to clients, including its own errors."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, make_section
from dashboards.grafana.objectives import FAULTS_ALLOWED, error_budget_left
from dashboards.grafana.panels import Query, figure_panel, line_panel, percentiles, thresholds_below
from dashboards.grafana.promql import percentile, rate, share, sum_by

ANSWERS_METRIC = "gateway_responses_total"
DURATION_METRIC = "gateway_response_seconds"
SERVER_ERRORS = 'class="5xx"'
UPSTREAM_LEGEND = "{{upstream}}"

CERTIFICATE_EXPIRY_METRIC = "gateway_certificate_expiry_timestamp_seconds"
DAY_SECONDS = 86400


def answers_section() -> Section:
    faults = share(rate(ANSWERS_METRIC, SERVER_ERRORS), rate(ANSWERS_METRIC), "upstream")
    return make_section(
        "Gateway",
        [
            figure_panel(
                "Error budget left",
                "Rest of the budget of 0.1 % answers with 5xx in 30 days; below zero the objective is missed.",
                units.PercentUnit,
                Query(error_budget_left(ANSWERS_METRIC), UPSTREAM_LEGEND),
                thresholds_below(0.5, 0),
                trend=False,
            ),
            figure_panel(
                "Certificate expires in",
                "Time until the certificate expires; below 14 days it should have been renewed.",
                units.Days,
                Query(
                    f"(min({CERTIFICATE_EXPIRY_METRIC}) - time()) / {DAY_SECONDS}", "certificate"
                ),
                thresholds_below(21, 14),
                trend=False,
            ),
        ],
        [
            line_panel(
                "Answers by class",
                "Answers per second by status class; players see the red ones as errors.",
                units.RequestsPerSecond,
                Query(sum_by(rate(ANSWERS_METRIC), "class"), "{{class}}"),
                stacked=True,
            ),
            line_panel(
                "Answers by upstream",
                "Answers per second by upstream; those of none are the gateway's own pages and refusals.",
                units.RequestsPerSecond,
                Query(sum_by(rate(ANSWERS_METRIC), "upstream"), UPSTREAM_LEGEND),
                stacked=True,
            ),
            line_panel(
                "Share of faults by upstream",
                "Share of 5xx among all answers; the dashed line is the maximum of the objective.",
                units.PercentUnit,
                Query(faults, UPSTREAM_LEGEND),
                limit=FAULTS_ALLOWED,
            ),
        ],
    )


def latency_section() -> Section:
    return make_section(
        "Gateway's latency",
        [
            line_panel(
                "Time to first byte",
                "Time until an answer begins, without streams and sockets.",
                units.Seconds,
                *percentiles(DURATION_METRIC),
            ),
            line_panel(
                "Slow answers by upstream (p95)",
                "5 % of the answers take longer; a value far above the service's own is time lost between the two.",
                units.Seconds,
                Query(percentile(0.95, DURATION_METRIC, by=("upstream",)), UPSTREAM_LEGEND),
            ),
            line_panel(
                "Slowest answers by upstream (p99)",
                "1 % of the answers take longer; a rise only here is a rare delay that players still notice.",
                units.Seconds,
                Query(percentile(0.99, DURATION_METRIC, by=("upstream",)), UPSTREAM_LEGEND),
            ),
        ],
    )


def connections_section() -> Section:
    """Return panels that are empty outside of containers, because the nginx of `make up` has no status page for its
    exporter."""
    return make_section(
        "Gateway's connections",
        [
            line_panel(
                "nginx's connections",
                "Connections by state; many in reading are slow or hostile clients, waiting ones cost little.",
                units.Short,
                Query("sum(nginx_connections_reading)", "reading"),
                Query("sum(nginx_connections_writing)", "writing"),
                Query("sum(nginx_connections_waiting)", "waiting"),
                stacked=True,
            ),
            line_panel(
                "nginx's new connections",
                "Connections accepted and handled per second; a gap between the two is a worker at its limit.",
                units.CountsPerSecond,
                Query(sum_by(rate("nginx_connections_accepted")), "accepted"),
                Query(sum_by(rate("nginx_connections_handled")), "handled"),
            ),
        ],
    )
