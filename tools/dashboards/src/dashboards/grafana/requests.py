"""Panels of the services' requests and answers."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Line, Section, section
from dashboards.grafana.objectives import (
    FAST_ENOUGH,
    FAST_ENOUGH_SECONDS,
    FAULTS_ALLOWED,
    SLOW_ALLOWED,
    faults_left,
    slowness_left,
)
from dashboards.grafana.panels import (
    Query,
    bad_above,
    bad_below,
    figure,
    lines,
    percentiles,
    ranking,
)
from dashboards.grafana.promql import percentile, rate, select, share, top, total

CHOSEN = 'service=~"$service"'
REPLICAS = ('job="services"', CHOSEN)
CHOSEN_UPSTREAM = 'upstream=~"$service"'

REQUESTS = "http_requests_total"
DURATION = "http_request_duration_seconds"

ROUTES_SHOWN = 10


def overview() -> Section:
    return section("Overview", _now(), _promised())


def traffic() -> Section:
    by_class = (
        f"sum by (class) (label_replace({rate(REQUESTS, CHOSEN)},"
        ' "class", "${1}xx", "status_code", "(.).."))'
    )
    busiest = total(rate(REQUESTS, CHOSEN, window="$__range"), "service", "method", "path")
    return section(
        "Traffic",
        [
            lines(
                "Answers by class",
                "Answers per second by status class; red and amber growing faster than green are bad.",
                units.RequestsPerSecond,
                Query(by_class, "{{class}}"),
                stacked=True,
            ),
            lines(
                "Requests by service",
                "Requests per second by service; a line that ends is a service without callers or processes.",
                units.RequestsPerSecond,
                Query(total(rate(REQUESTS, CHOSEN), "service"), "{{service}}"),
            ),
            ranking(
                "Busiest routes",
                "The 10 most requested routes over the time shown; an unexpected leader may be a loop.",
                units.RequestsPerSecond,
                Query(top(ROUTES_SHOWN, busiest), "{{service}} {{method}} {{path}}"),
            ),
        ],
    )


def errors() -> Section:
    faults = rate(REQUESTS, CHOSEN, 'status_code=~"5.."')
    refusals = rate(REQUESTS, CHOSEN, 'status_code=~"4.."')
    return section(
        "Errors",
        [
            lines(
                "Share of faults",
                "Share of 5xx among the answers of a service; the dashed line is the maximum of the objective.",
                units.PercentUnit,
                Query(share(faults, rate(REQUESTS, CHOSEN), "service"), "{{service}}"),
                limit=FAULTS_ALLOWED,
            ),
            lines(
                "Faults by route",
                "5xx per second by route; a healthy platform has none.",
                units.RequestsPerSecond,
                Query(
                    total(faults, "service", "method", "path", "status_code"),
                    "{{service}} {{method}} {{path}} {{status_code}}",
                ),
            ),
            lines(
                "Refusals by code",
                "4xx per second by code; many 401 or 403 may be guessing, many 404 or 422 an outdated page.",
                units.RequestsPerSecond,
                Query(total(refusals, "service", "status_code"), "{{service}} {{status_code}}"),
                stacked=True,
            ),
        ],
    )


def latency() -> Section:
    slowest = percentile(
        0.95, DURATION, CHOSEN, by=("service", "method", "path"), window="$__range"
    )
    fast = share(
        rate(f"{DURATION}_bucket", CHOSEN, FAST_ENOUGH),
        rate(f"{DURATION}_count", CHOSEN),
        "service",
    )
    return section(
        "Latency",
        [
            lines(
                "Latency of the chosen services",
                "Maximum duration of 50 %, 95 % and 99 % of the answers; p99 should be below the dashed line.",
                units.Seconds,
                *percentiles(DURATION, CHOSEN),
                limit=FAST_ENOUGH_SECONDS,
            ),
            lines(
                "Slow answers by service (p95)",
                "5 % of the requests take longer; a service far above the others is the cause.",
                units.Seconds,
                Query(percentile(0.95, DURATION, CHOSEN, by=("service",)), "{{service}}"),
                limit=FAST_ENOUGH_SECONDS,
            ),
        ],
        [
            lines(
                "Answered within 250 ms",
                "Share of requests answered within 250 ms; below the dashed line the objective is missed.",
                units.PercentUnit,
                Query(fast, "{{service}}"),
                limit=1 - SLOW_ALLOWED,
                most=1,
            ),
            ranking(
                "Slowest routes (p95)",
                "The 10 slowest routes over the time shown; red ones miss the objective.",
                units.Seconds,
                # Routes without requests have no percentile, and would fill the list.
                Query(top(ROUTES_SHOWN, f"{slowest} > 0"), "{{service}} {{method}} {{path}}"),
                bad_above(FAST_ENOUGH_SECONDS / 2, FAST_ENOUGH_SECONDS),
            ),
        ],
    )


def _now() -> Line:
    up = total(select("up", *REPLICAS), "service")
    faults = share(rate(REQUESTS, CHOSEN, 'status_code=~"5.."'), rate(REQUESTS, CHOSEN), "service")
    return [
        figure(
            "Replicas up",
            "Processes of each service that answer Prometheus; zero is an outage.",
            units.Short,
            Query(up, "{{service}}"),
            bad_below(1, 0.5),
            trend=False,
        ),
        figure(
            "Requests",
            "Requests per second to each service; a sudden zero is worse than a peak.",
            units.RequestsPerSecond,
            Query(total(rate(REQUESTS, CHOSEN), "service"), "{{service}}"),
        ),
        figure(
            "Faults",
            "Current share of requests answered with 5xx; a share above 0.1 % exhausts the error budget.",
            units.PercentUnit,
            Query(faults, "{{service}}"),
            bad_above(FAULTS_ALLOWED, 10 * FAULTS_ALLOWED),
        ),
        figure(
            "Slow answers (p95)",
            "5 % of the requests take longer; above 250 ms players notice it.",
            units.Seconds,
            Query(percentile(0.95, DURATION, CHOSEN, by=("service",)), "{{service}}"),
            bad_above(FAST_ENOUGH_SECONDS / 2, FAST_ENOUGH_SECONDS),
        ),
    ]


def _promised() -> Line:
    # The heartbeat alert always fires.
    firing = select("ALERTS", 'alertstate="firing"', 'severity!="none"', CHOSEN)
    started = f"min by (service) (time() - {select('process_start_time_seconds', *REPLICAS)})"
    return [
        figure(
            "Error budget left",
            "Rest of the budget of 0.1 % gateway answers with 5xx in 30 days; below zero the objective is missed.",
            units.PercentUnit,
            Query(faults_left("gateway_responses_total", CHOSEN_UPSTREAM), "{{upstream}}"),
            bad_below(0.5, 0),
            trend=False,
        ),
        figure(
            "Latency budget left",
            "Rest of the budget of 1 % requests above 250 ms in 30 days; below zero the objective is missed.",
            units.PercentUnit,
            Query(slowness_left(DURATION, CHOSEN), "{{service}}"),
            bad_below(0.5, 0),
            trend=False,
        ),
        figure(
            "Alerts firing",
            "Firing alerts about these services; each has a runbook.",
            units.Short,
            Query(f"count({firing}) or vector(0)", "firing"),
            bad_above(1, 2),
        ),
        figure(
            "Uptime",
            "Age of each service's youngest process; a few minutes without a deployment mean restarts.",
            units.Seconds,
            Query(started, "{{service}}"),
            trend=False,
        ),
    ]
