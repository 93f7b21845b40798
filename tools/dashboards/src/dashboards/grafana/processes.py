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
                "Requests that are being answered; a line that only climbs is a service that no longer finishes them.",
                units.Short,
                Query(total(select("http_requests_in_progress", CHOSEN), "service"), "{{service}}"),
            ),
            lines(
                "CPU by process",
                "How much of a core each process uses; near 100 % it is full, because its event loop is one thread.",
                units.PercentUnit,
                Query(rate("process_cpu_seconds_total", *REPLICAS), REPLICA),
                limit=1,
            ),
            lines(
                "Memory by process",
                "Memory that each process holds; a climb over days without a fall is a leak.",
                units.BytesIEC,
                Query(select("process_resident_memory_bytes", *REPLICAS), REPLICA),
            ),
        ],
        [
            lines(
                "Files open by process",
                "The share of allowed files and sockets that are open; at 100 % nobody can connect any more.",
                units.PercentUnit,
                Query(f"{open_files} / {select('process_max_fds', *REPLICAS)}", REPLICA),
                most=1,
            ),
            lines(
                "Database pool in use",
                "The share of its connections that each pool uses; at 100 % whoever needs one waits.",
                units.PercentUnit,
                Query(f"{in_use} / {pool}", "{{pool}} {{instance}}"),
                limit=1,
            ),
            lines(
                "Database connections",
                "Connections that the pools hold by state; many in use with little traffic means slow queries.",
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
                "What is to be told to others and is not yet, by topic; it should return to zero within seconds.",
                units.Short,
                Query(
                    largest(select("outbox_waiting_jobs", CHOSEN), *by_topic),
                    "{{service}} {{topic}}",
                ),
                stacked=True,
            ),
            lines(
                "Outbox: oldest",
                "How long the oldest has waited; minutes mean that the other side is away or refuses.",
                units.Seconds,
                Query(
                    largest(select("outbox_oldest_waiting_seconds", CHOSEN), *by_topic),
                    "{{service}} {{topic}}",
                ),
            ),
            lines(
                "Outbox: held for an operator",
                "What failed in a way that nobody foresaw and waits for a person; anything above zero is work.",
                units.Short,
                Query(
                    largest(select("outbox_held_jobs", CHOSEN), *by_topic), "{{service}} {{topic}}"
                ),
            ),
            lines(
                "Outbox: deliveries by result",
                "Tries a second by how they ended; postponed ones come back, given up and held ones do not.",
                units.OpsPerSecond,
                Query(deliveries, "{{result}}"),
                stacked=True,
            ),
        ],
    )
