"""Panels of the services' processes: their load, and the work that waits in them."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, section
from dashboards.grafana.panels import Query, lines
from dashboards.grafana.promql import largest, rate, select, total
from dashboards.grafana.requests import CHOSEN, REPLICAS

REPLICA = "{{service}} {{instance}}"


def saturation() -> Section:
    # Each pool separately: tournament's small pool for live matches can be exhausted while a large one is not.
    by_pool = ("service", "instance", "pool")
    in_use = total(select("database_pool_connections", CHOSEN, 'state="in_use"'), *by_pool)
    pool = total(select("database_pool_size", CHOSEN), *by_pool)
    open_files = select("process_open_fds", *REPLICAS)
    return section(
        "Saturation",
        [
            lines(
                "Requests in progress",
                "Requests in progress; a line that only rises means that the service no longer finishes them.",
                units.Short,
                Query(total(select("http_requests_in_progress", CHOSEN), "service"), "{{service}}"),
            ),
            lines(
                "CPU by process",
                "Used share of a core by process; near 100 % it is saturated, because its event loop is one thread.",
                units.PercentUnit,
                Query(rate("process_cpu_seconds_total", *REPLICAS), REPLICA),
                limit=1,
            ),
            lines(
                "Memory by process",
                "Resident memory of each process; a rise over days without a fall is a leak.",
                units.BytesIEC,
                Query(select("process_resident_memory_bytes", *REPLICAS), REPLICA),
            ),
        ],
        [
            lines(
                "Files open by process",
                "Used share of the allowed open files and sockets; at 100 % no client can connect.",
                units.PercentUnit,
                Query(f"{open_files} / {select('process_max_fds', *REPLICAS)}", REPLICA),
                most=1,
            ),
            lines(
                "Database pool in use",
                "Used share of each pool's connections; at 100 % further requests wait for a connection.",
                units.PercentUnit,
                Query(f"{in_use} / {pool}", "{{pool}} {{instance}}"),
                limit=1,
            ),
            lines(
                "Database connections",
                "Connections of the pools by state; many in use with little traffic mean slow queries.",
                units.Short,
                Query(
                    total(select("database_pool_connections", CHOSEN), "pool", "state"),
                    "{{pool}} {{state}}",
                ),
                stacked=True,
            ),
        ],
    )


def outbox() -> Section:
    by_topic = ("service", "topic")
    deliveries = total(rate("outbox_deliveries_total", CHOSEN), "result")
    return section(
        "Outbox",
        [
            lines(
                "Outbox: waiting",
                "Jobs not yet delivered, by topic; the number should return to zero within seconds.",
                units.Short,
                Query(
                    largest(select("outbox_waiting_jobs", CHOSEN), *by_topic),
                    "{{service}} {{topic}}",
                ),
                stacked=True,
            ),
            lines(
                "Outbox: oldest",
                "Age of the oldest waiting job; minutes mean that the receiver is down or rejects it.",
                units.Seconds,
                Query(
                    largest(select("outbox_oldest_waiting_seconds", CHOSEN), *by_topic),
                    "{{service}} {{topic}}",
                ),
            ),
            lines(
                "Outbox: held for an operator",
                "Jobs that failed unexpectedly and wait for an operator; a value above zero requires action.",
                units.Short,
                Query(
                    largest(select("outbox_held_jobs", CHOSEN), *by_topic), "{{service}} {{topic}}"
                ),
            ),
            lines(
                "Outbox: deliveries by result",
                "Delivery attempts per second by result; postponed jobs are retried, given up and held ones are not.",
                units.OpsPerSecond,
                Query(deliveries, "{{result}}"),
                stacked=True,
            ),
        ],
    )
