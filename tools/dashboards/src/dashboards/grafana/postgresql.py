"""Panels of the databases, with names common to the exporters 0.11 and 0.19 as far as they exist.

`make up` runs all three databases in one server, so each exporter reports all of them. Every query therefore names the
database, and takes the maximum of the exporters' values instead of the sum.
"""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, section
from dashboards.grafana.panels import Query, bad_above, bad_below, figure, lines
from dashboards.grafana.promql import largest, rate, select, total

CHOSEN = 'service=~"$service"'
EXPORTERS = 'job="postgres"'
DATABASE = 'datname=~"${service}_db"'
NAME = "{{datname}}"

# The threshold of the alert in ops/prometheus/rules_2.yml.
TOO_FULL = 0.8


def overview() -> Section:
    up = select("pg_up", CHOSEN)
    scraped = f"0 * {select('up', EXPORTERS, CHOSEN)}"
    deadlocks = largest(
        f"increase({select('pg_stat_database_deadlocks', CHOSEN, DATABASE)}[$__range])", "datname"
    )
    return section(
        "PostgreSQL",
        [
            figure(
                "Up",
                "Whether each database answers its exporter; 0 stops the service that needs it.",
                units.Short,
                # If the server hangs, the whole scrape fails, and there is no pg_up.
                Query(total(f"{up} or {scraped}", "service"), "{{service}}"),
                bad_below(1, 0.5),
                trend=False,
            ),
            figure(
                "Connections used",
                "The share of the server's connections that are taken; above 80 % there is an alert.",
                units.PercentUnit,
                Query(_share_of_connections(), "{{service}}"),
                bad_above(0.75 * TOO_FULL, TOO_FULL),
            ),
            figure(
                "Found in memory",
                "The share of blocks that were in PostgreSQL's own memory; below 95 % the disk does the work.",
                units.PercentUnit,
                Query(_found_in_memory(), NAME),
                bad_below(0.95, 0.9),
            ),
            figure(
                "Deadlocks",
                "Transactions killed because they waited for each other, over the time shown; each is a fault of ours.",
                units.Short,
                Query(deadlocks, NAME),
                bad_above(1, 5),
                trend=False,
            ),
        ],
    )


def connections() -> Section:
    by_state = ("datname", "state")
    states = total(select("pg_stat_activity_count", CHOSEN, DATABASE), "instance", *by_state)
    longest = select("pg_stat_activity_max_tx_duration", CHOSEN, DATABASE)
    return section(
        "Connections and locks",
        [
            lines(
                "Connections by state",
                "What connections do; idle in transaction for long holds locks, all of them active is too much.",
                units.Short,
                Query(largest(states, *by_state), "{{datname}} {{state}}"),
                Query(largest(select("pg_settings_max_connections", CHOSEN)), "limit"),
            ),
            lines(
                "Longest transaction",
                "The age of the oldest transaction; minutes keep locks, and rows that could be cleaned up.",
                units.Seconds,
                Query(largest(longest, *by_state), "{{datname}} {{state}}"),
                limit=60,
            ),
            lines(
                "Locks by mode",
                "Locks that are held or waited for; exclusive ones that stay make others wait.",
                units.Short,
                Query(
                    largest(select("pg_locks_count", CHOSEN, DATABASE), "datname", "mode"),
                    "{{datname}} {{mode}}",
                ),
            ),
        ],
    )


def work() -> Section:
    return section(
        "Work",
        [
            lines(
                "Transactions",
                "Transactions a second committed (upwards) and rolled back (downwards); many of those are faults.",
                units.OpsPerSecond,
                Query(_changes("xact_commit"), f"{NAME} committed"),
                Query(_changes("xact_rollback"), f"{NAME} rolled back"),
                downwards="/rolled back/",
            ),
            lines(
                "Rows read",
                "Rows a second looked at and used; many more looked at than used want an index.",
                units.OpsPerSecond,
                Query(_changes("tup_returned"), f"{NAME} looked at"),
                Query(_changes("tup_fetched"), f"{NAME} used"),
            ),
            lines(
                "Rows written",
                "Rows a second inserted, updated and deleted; what does not follow the traffic is a loop.",
                units.OpsPerSecond,
                Query(_changes("tup_inserted"), f"{NAME} inserted"),
                Query(_changes("tup_updated"), f"{NAME} updated"),
                Query(_changes("tup_deleted"), f"{NAME} deleted"),
            ),
        ],
        [
            lines(
                "Blocks found in memory",
                "The share of blocks that were in PostgreSQL's own memory; a fall is a query that reads everything.",
                units.PercentUnit,
                Query(_found_in_memory(), NAME),
                most=1,
            ),
            lines(
                "Temporary files",
                "Bytes a second that sorts wrote to disk because they had no room; regularly is bad.",
                units.BytesPerSecondIEC,
                Query(_changes("temp_bytes"), NAME),
            ),
            lines(
                "Deadlocks and conflicts",
                "Transactions a second killed because they waited for each other, or stood in a replica's way.",
                units.CountsPerSecond,
                Query(_changes("deadlocks"), f"{NAME} deadlocks"),
                Query(_changes("conflicts"), f"{NAME} conflicts"),
            ),
        ],
    )


def size() -> Section:
    database = select("pg_database_size_bytes", CHOSEN, DATABASE)
    return section(
        "Size",
        [
            lines(
                "Database size",
                "How large each database is; it has to fit on its disk, and its copy beside it.",
                units.BytesIEC,
                Query(largest(database, "datname"), NAME),
            ),
            lines(
                "Growth",
                "Bytes a second that each database grew by over the last hour; it shrinks only when it is rewritten.",
                units.BytesPerSecondIEC,
                Query(largest(f"deriv({database}[1h])", "datname"), NAME),
                below_zero=True,
            ),
        ],
    )


def writing() -> Section:
    """Return panels that are empty without containers: the exporter there is older than PostgreSQL 17, which moved
    these metrics."""
    by_service = ("service",)
    return section(
        "Checkpoints, log and replicas",
        [
            lines(
                "Checkpoints",
                "Checkpoints a minute by their cause; many requested ones mean that max_wal_size is too small.",
                units.CountsPerMinute,
                Query(_per_minute("pg_stat_checkpointer_num_timed_total"), "{{service}} timed"),
                Query(
                    _per_minute("pg_stat_checkpointer_num_requested_total"), "{{service}} requested"
                ),
            ),
            lines(
                "Pages written",
                "Pages a minute written by checkpoints and in the background; a plateau is the disk's limit.",
                units.CountsPerMinute,
                Query(
                    _per_minute("pg_stat_checkpointer_buffers_written_total"),
                    "{{service}} checkpoints",
                ),
                Query(
                    _per_minute("pg_stat_bgwriter_buffers_clean_total"), "{{service}} background"
                ),
            ),
            lines(
                "Write-ahead log",
                "How much log is kept; a climb without an end is a replica or an archive that does not take it.",
                units.BytesIEC,
                Query(largest(select("pg_wal_size_bytes", CHOSEN), *by_service), "{{service}}"),
            ),
            lines(
                "Replication lag",
                "How far replicas are behind; what is read there is that old.",
                units.Seconds,
                Query(
                    largest(select("pg_replication_lag_seconds", CHOSEN), *by_service),
                    "{{service}}",
                ),
            ),
        ],
    )


def _changes(counter: str) -> str:
    return largest(rate(f"pg_stat_database_{counter}", CHOSEN, DATABASE), "datname")


def _per_minute(counter: str) -> str:
    return f"60 * {largest(rate(counter, CHOSEN), 'service')}"


def _found_in_memory() -> str:
    hit = rate("pg_stat_database_blks_hit", CHOSEN, DATABASE)
    read = rate("pg_stat_database_blks_read", CHOSEN, DATABASE)
    return f"{total(hit, 'datname')} / ({total(f'{hit} + {read}', 'datname')} > 0)"


def _share_of_connections() -> str:
    taken = total(select("pg_stat_activity_count", CHOSEN), "service", "instance")
    limit = largest(select("pg_settings_max_connections", CHOSEN), "service", "instance")
    return largest(f"{taken} / {limit}", "service")
