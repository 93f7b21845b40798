"""Panels of the services' requests and answers."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import PanelLine, Section, make_section
from dashboards.grafana.objectives import (
    FAST_ENOUGH_BUCKET,
    FAST_ENOUGH_SECONDS,
    FAULTS_ALLOWED,
    SLOW_ALLOWED,
    error_budget_left,
    latency_budget_left,
)
from dashboards.grafana.panels import (
    Query,
    figure_panel,
    line_panel,
    percentiles,
    ranking_panel,
    thresholds_above,
    thresholds_below,
)
from dashboards.grafana.promql import percentile, rate, select_series, share, sum_by, top_values

CHOSEN_SERVICES = 'service=~"$service"'
CHOSEN_REPLICAS = ('job="services"', CHOSEN_SERVICES)
CHOSEN_UPSTREAM = 'upstream=~"$service"'

REQUESTS_METRIC = "http_requests_total"
DURATION_METRIC = "http_request_duration_seconds"

ROUTES_SHOWN = 10


def overview_section() -> Section:
    return make_section("Overview", _current_values_line(), _objectives_line())


def traffic_section() -> Section:
    by_class = (
        f"sum by (class) (label_replace({rate(REQUESTS_METRIC, CHOSEN_SERVICES)},"
        ' "class", "${1}xx", "status_code", "(.).."))'
    )
    busiest = sum_by(
        rate(REQUESTS_METRIC, CHOSEN_SERVICES, window="$__range"), "service", "method", "path"
    )
    return make_section(
        "Traffic",
        [
            line_panel(
                "Answers by class",
                "Answers per second by status class; red and amber growing faster than green are bad.",
                units.RequestsPerSecond,
                Query(by_class, "{{class}}"),
                stacked=True,
            ),
            line_panel(
                "Requests by service",
                "Requests per second by service; a line that ends is a service without callers or processes.",
                units.RequestsPerSecond,
                Query(sum_by(rate(REQUESTS_METRIC, CHOSEN_SERVICES), "service"), "{{service}}"),
            ),
            ranking_panel(
                "Busiest routes",
                "The 10 most requested routes over the time shown; an unexpected leader may be a loop.",
                units.RequestsPerSecond,
                Query(top_values(ROUTES_SHOWN, busiest), "{{service}} {{method}} {{path}}"),
            ),
        ],
    )


def errors_section() -> Section:
    faults = rate(REQUESTS_METRIC, CHOSEN_SERVICES, 'status_code=~"5.."')
    refusals = rate(REQUESTS_METRIC, CHOSEN_SERVICES, 'status_code=~"4.."')
    return make_section(
        "Errors",
        [
            line_panel(
                "Share of faults",
                "Share of 5xx among the answers of a service; the dashed line is the maximum of the objective.",
                units.PercentUnit,
                Query(
                    share(faults, rate(REQUESTS_METRIC, CHOSEN_SERVICES), "service"), "{{service}}"
                ),
                limit=FAULTS_ALLOWED,
            ),
            line_panel(
                "Faults by route",
                "5xx per second by route; a healthy platform has none.",
                units.RequestsPerSecond,
                Query(
                    sum_by(faults, "service", "method", "path", "status_code"),
                    "{{service}} {{method}} {{path}} {{status_code}}",
                ),
            ),
            line_panel(
                "Refusals by code",
                "4xx per second by code; many 401 or 403 may be guessing, many 404 or 422 an outdated page.",
                units.RequestsPerSecond,
                Query(sum_by(refusals, "service", "status_code"), "{{service}} {{status_code}}"),
                stacked=True,
            ),
        ],
    )


def latency_section() -> Section:
    slowest = percentile(
        0.95, DURATION_METRIC, CHOSEN_SERVICES, by=("service", "method", "path"), window="$__range"
    )
    fast = share(
        rate(f"{DURATION_METRIC}_bucket", CHOSEN_SERVICES, FAST_ENOUGH_BUCKET),
        rate(f"{DURATION_METRIC}_count", CHOSEN_SERVICES),
        "service",
    )
    return make_section(
        "Latency",
        [
            line_panel(
                "Latency of the chosen services",
                "Maximum duration of 50 %, 95 % and 99 % of the answers; p99 should be below the dashed line.",
                units.Seconds,
                *percentiles(DURATION_METRIC, CHOSEN_SERVICES),
                limit=FAST_ENOUGH_SECONDS,
            ),
            line_panel(
                "Slow answers by service (p95)",
                "5 % of the requests take longer; a service far above the others is the cause.",
                units.Seconds,
                Query(
                    percentile(0.95, DURATION_METRIC, CHOSEN_SERVICES, by=("service",)),
                    "{{service}}",
                ),
                limit=FAST_ENOUGH_SECONDS,
            ),
        ],
        [
            line_panel(
                "Answered within 250 ms",
                "Share of requests answered within 250 ms; below the dashed line the objective is missed.",
                units.PercentUnit,
                Query(fast, "{{service}}"),
                limit=1 - SLOW_ALLOWED,
                most=1,
            ),
            ranking_panel(
                "Slowest routes (p95)",
                "The 10 slowest routes over the time shown; red ones miss the objective.",
                units.Seconds,
                # Routes without requests have no percentile, and would fill the list.
                Query(
                    top_values(ROUTES_SHOWN, f"{slowest} > 0"), "{{service}} {{method}} {{path}}"
                ),
                thresholds_above(FAST_ENOUGH_SECONDS / 2, FAST_ENOUGH_SECONDS),
            ),
        ],
    )


def _current_values_line() -> PanelLine:
    up = sum_by(select_series("up", *CHOSEN_REPLICAS), "service")
    faults = share(
        rate(REQUESTS_METRIC, CHOSEN_SERVICES, 'status_code=~"5.."'),
        rate(REQUESTS_METRIC, CHOSEN_SERVICES),
        "service",
    )
    return [
        figure_panel(
            "Replicas up",
            "Processes of each service that answer Prometheus; zero is an outage.",
            units.Short,
            Query(up, "{{service}}"),
            thresholds_below(1, 0.5),
            trend=False,
        ),
        figure_panel(
            "Requests",
            "Requests per second to each service; a sudden zero is worse than a peak.",
            units.RequestsPerSecond,
            Query(sum_by(rate(REQUESTS_METRIC, CHOSEN_SERVICES), "service"), "{{service}}"),
        ),
        figure_panel(
            "Faults",
            "Current share of requests answered with 5xx; a share above 0.1 % exhausts the error budget.",
            units.PercentUnit,
            Query(faults, "{{service}}"),
            thresholds_above(FAULTS_ALLOWED, 10 * FAULTS_ALLOWED),
        ),
        figure_panel(
            "Slow answers (p95)",
            "5 % of the requests take longer; above 250 ms players notice it.",
            units.Seconds,
            Query(
                percentile(0.95, DURATION_METRIC, CHOSEN_SERVICES, by=("service",)), "{{service}}"
            ),
            thresholds_above(FAST_ENOUGH_SECONDS / 2, FAST_ENOUGH_SECONDS),
        ),
    ]


def _objectives_line() -> PanelLine:
    # The heartbeat alert always fires.
    firing = select_series("ALERTS", 'alertstate="firing"', 'severity!="none"', CHOSEN_SERVICES)
    started = f"min by (service) (time() - {select_series('process_start_time_seconds', *CHOSEN_REPLICAS)})"
    return [
        figure_panel(
            "Error budget left",
            "Rest of the budget of 0.1 % gateway answers with 5xx in 30 days; below zero the objective is missed.",
            units.PercentUnit,
            Query(error_budget_left("gateway_responses_total", CHOSEN_UPSTREAM), "{{upstream}}"),
            thresholds_below(0.5, 0),
            trend=False,
        ),
        figure_panel(
            "Latency budget left",
            "Rest of the budget of 1 % requests above 250 ms in 30 days; below zero the objective is missed.",
            units.PercentUnit,
            Query(latency_budget_left(DURATION_METRIC, CHOSEN_SERVICES), "{{service}}"),
            thresholds_below(0.5, 0),
            trend=False,
        ),
        figure_panel(
            "Alerts firing",
            "Firing alerts about these services; each has a runbook.",
            units.Short,
            Query(f"count({firing}) or vector(0)", "firing"),
            thresholds_above(1, 2),
        ),
        figure_panel(
            "Uptime",
            "Age of each service's youngest process; a few minutes without a deployment mean restarts.",
            units.Seconds,
            Query(started, "{{service}}"),
            trend=False,
        ),
    ]
