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
                "Whether each database answers its exporter; at 0 the service that needs it is down.",
                units.Short,
                # If the server hangs, the whole scrape fails, and there is no pg_up.
                Query(total(f"{up} or {scraped}", "service"), "{{service}}"),
                bad_below(1, 0.5),
                trend=False,
            ),
            figure(
                "Connections used",
                "Used share of the server's connections; above 80 % an alert fires.",
                units.PercentUnit,
                Query(_share_of_connections(), "{{service}}"),
                bad_above(0.75 * TOO_FULL, TOO_FULL),
            ),
            figure(
                "Cache hit ratio",
                "Share of blocks found in PostgreSQL's shared buffers; below 95 % too many come from the disk.",
                units.PercentUnit,
                Query(_found_in_memory(), NAME),
                bad_below(0.95, 0.9),
            ),
            figure(
                "Deadlocks",
                "Transactions aborted by deadlocks over the time shown; each is a bug of ours.",
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
                "Connections by state; long idle in transaction holds locks, all connections active is overload.",
                units.Short,
                Query(largest(states, *by_state), "{{datname}} {{state}}"),
                Query(largest(select("pg_settings_max_connections", CHOSEN)), "limit"),
            ),
            lines(
                "Longest transaction",
                "Age of the oldest transaction; after minutes its locks and the delayed vacuum slow others down.",
                units.Seconds,
                Query(largest(longest, *by_state), "{{datname}} {{state}}"),
                limit=60,
            ),
            lines(
                "Locks by mode",
                "Locks held or waited for, by mode; long exclusive locks make other transactions wait.",
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
                "Transactions committed (upwards) and rolled back (downwards) per second; many rollbacks are faults.",
                units.OpsPerSecond,
                Query(_changes("xact_commit"), f"{NAME} committed"),
                Query(_changes("xact_rollback"), f"{NAME} rolled back"),
                downwards="/rolled back/",
            ),
            lines(
                "Rows read",
                "Rows scanned, and rows fetched by an index, per second; many more scanned suggest a missing index.",
                units.OpsPerSecond,
                Query(_changes("tup_returned"), f"{NAME} scanned"),
                Query(_changes("tup_fetched"), f"{NAME} fetched"),
            ),
            lines(
                "Rows written",
                "Rows inserted, updated and deleted per second; a rise without more traffic may be a loop.",
                units.OpsPerSecond,
                Query(_changes("tup_inserted"), f"{NAME} inserted"),
                Query(_changes("tup_updated"), f"{NAME} updated"),
                Query(_changes("tup_deleted"), f"{NAME} deleted"),
            ),
        ],
        [
            lines(
                "Cache hit ratio over time",
                "Share of blocks found in PostgreSQL's shared buffers; a drop is a query that reads whole tables.",
                units.PercentUnit,
                Query(_found_in_memory(), NAME),
                most=1,
            ),
            lines(
                "Temporary files",
                "Bytes per second that sorts wrote to disk for lack of memory; regular writes are bad.",
                units.BytesPerSecondIEC,
                Query(_changes("temp_bytes"), NAME),
            ),
            lines(
                "Deadlocks and conflicts",
                "Transactions aborted per second by deadlocks, or by conflicts with replication on a replica.",
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
                "Size of each database; the disk must hold the database and a copy of it.",
                units.BytesIEC,
                Query(largest(database, "datname"), NAME),
            ),
            lines(
                "Database growth",
                "Growth in bytes per second over the last hour; a database shrinks only when it is rewritten.",
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
                "Checkpoints per minute by cause; many requested ones mean that max_wal_size is too small.",
                units.CountsPerMinute,
                Query(_per_minute("pg_stat_checkpointer_num_timed_total"), "{{service}} timed"),
                Query(
                    _per_minute("pg_stat_checkpointer_num_requested_total"), "{{service}} requested"
                ),
            ),
            lines(
                "Pages written",
                "Pages written per minute by checkpoints and in the background; a plateau is the disk's limit.",
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
                "Size of the stored log; an endless rise means that a replica or archive does not consume it.",
                units.BytesIEC,
                Query(largest(select("pg_wal_size_bytes", CHOSEN), *by_service), "{{service}}"),
            ),
            lines(
                "Replication lag",
                "Delay of replicas behind the primary; data read from a replica is that old.",
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
