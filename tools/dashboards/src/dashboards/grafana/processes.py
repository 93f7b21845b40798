"""Panels of the services' processes: their load, and the work that waits in them."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, make_section
from dashboards.grafana.panels import Query, line_panel
from dashboards.grafana.promql import max_by, rate, select_series, sum_by
from dashboards.grafana.requests import CHOSEN_REPLICAS, CHOSEN_SERVICES

REPLICA_LEGEND = "{{service}} {{instance}}"


def saturation_section() -> Section:
    # Each pool separately: tournament's small pool for live matches can be exhausted while a large one is not.
    by_pool = ("service", "instance", "pool")
    in_use = sum_by(
        select_series("database_pool_connections", CHOSEN_SERVICES, 'state="in_use"'), *by_pool
    )
    pool = sum_by(select_series("database_pool_size", CHOSEN_SERVICES), *by_pool)
    open_files = select_series("process_open_fds", *CHOSEN_REPLICAS)
    return make_section(
        "Saturation",
        [
            line_panel(
                "Requests in progress",
                "Requests in progress; a line that only rises means that the service no longer finishes them.",
                units.Short,
                Query(
                    sum_by(select_series("http_requests_in_progress", CHOSEN_SERVICES), "service"),
                    "{{service}}",
                ),
            ),
            line_panel(
                "CPU by process",
                "Used share of a core by process; near 100 % it is saturated, because its event loop is one thread.",
                units.PercentUnit,
                Query(rate("process_cpu_seconds_total", *CHOSEN_REPLICAS), REPLICA_LEGEND),
                limit=1,
            ),
            line_panel(
                "Memory by process",
                "Resident memory of each process; a rise over days without a fall is a leak.",
                units.BytesIEC,
                Query(
                    select_series("process_resident_memory_bytes", *CHOSEN_REPLICAS), REPLICA_LEGEND
                ),
            ),
        ],
        [
            line_panel(
                "Files open by process",
                "Used share of the allowed open files and sockets; at 100 % no client can connect.",
                units.PercentUnit,
                Query(
                    f"{open_files} / {select_series('process_max_fds', *CHOSEN_REPLICAS)}",
                    REPLICA_LEGEND,
                ),
                most=1,
            ),
            line_panel(
                "Database pool in use",
                "Used share of each pool's connections; at 100 % further requests wait for a connection.",
                units.PercentUnit,
                Query(f"{in_use} / {pool}", "{{pool}} {{instance}}"),
                limit=1,
            ),
            line_panel(
                "Database connections",
                "Connections of the pools by state; many in use with little traffic mean slow queries.",
                units.Short,
                Query(
                    sum_by(
                        select_series("database_pool_connections", CHOSEN_SERVICES), "pool", "state"
                    ),
                    "{{pool}} {{state}}",
                ),
                stacked=True,
            ),
        ],
    )


def outbox_section() -> Section:
    by_topic = ("service", "topic")
    deliveries = sum_by(rate("outbox_deliveries_total", CHOSEN_SERVICES), "result")
    return make_section(
        "Outbox",
        [
            line_panel(
                "Outbox: waiting",
                "Jobs not yet delivered, by topic; the number should return to zero within seconds.",
                units.Short,
                Query(
                    max_by(select_series("outbox_waiting_jobs", CHOSEN_SERVICES), *by_topic),
                    "{{service}} {{topic}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Outbox: oldest",
                "Age of the oldest waiting job; minutes mean that the receiver is down or rejects it.",
                units.Seconds,
                Query(
                    max_by(
                        select_series("outbox_oldest_waiting_seconds", CHOSEN_SERVICES), *by_topic
                    ),
                    "{{service}} {{topic}}",
                ),
            ),
            line_panel(
                "Outbox: held for an operator",
                "Jobs that failed unexpectedly and wait for an operator; a value above zero requires action.",
                units.Short,
                Query(
                    max_by(select_series("outbox_held_jobs", CHOSEN_SERVICES), *by_topic),
                    "{{service}} {{topic}}",
                ),
            ),
            line_panel(
                "Outbox: deliveries by result",
                "Delivery attempts per second by result; postponed jobs are retried, given up and held ones are not.",
                units.OpsPerSecond,
                Query(deliveries, "{{result}}"),
                stacked=True,
            ),
        ],
    )
