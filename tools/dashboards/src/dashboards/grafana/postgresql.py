"""Panels of the databases, with names common to the exporters 0.11 and 0.19 as far as they exist.

`make up` runs all three databases in one server, so each exporter reports all of them. Every query therefore names the
database, and takes the maximum of the exporters' values instead of the sum.
"""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, make_section
from dashboards.grafana.panels import (
    Query,
    figure_panel,
    line_panel,
    thresholds_above,
    thresholds_below,
)
from dashboards.grafana.promql import max_by, rate, select_series, sum_by

CHOSEN_SERVICES = 'service=~"$service"'
EXPORTERS = 'job="postgres"'
CHOSEN_DATABASES = 'datname=~"${service}_db"'
DATABASE_LEGEND = "{{datname}}"

# The threshold of the alert in ops/prometheus/rules_2.yml.
TOO_FULL_SHARE = 0.8


def overview_section() -> Section:
    up = select_series("pg_up", CHOSEN_SERVICES)
    scraped = f"0 * {select_series('up', EXPORTERS, CHOSEN_SERVICES)}"
    deadlocks = max_by(
        f"increase({select_series('pg_stat_database_deadlocks', CHOSEN_SERVICES, CHOSEN_DATABASES)}[$__range])",
        "datname",
    )
    return make_section(
        "PostgreSQL",
        [
            figure_panel(
                "Up",
                "Whether each database answers its exporter; at 0 the service that needs it is down.",
                units.Short,
                # If the server hangs, the whole scrape fails, and there is no pg_up.
                Query(sum_by(f"{up} or {scraped}", "service"), "{{service}}"),
                thresholds_below(1, 0.5),
                trend=False,
            ),
            figure_panel(
                "Connections used",
                "Used share of the server's connections; above 80 % an alert fires.",
                units.PercentUnit,
                Query(_share_of_connections(), "{{service}}"),
                thresholds_above(0.75 * TOO_FULL_SHARE, TOO_FULL_SHARE),
            ),
            figure_panel(
                "Cache hit ratio",
                "Share of blocks found in PostgreSQL's shared buffers; below 95 % too many come from the disk.",
                units.PercentUnit,
                Query(_cache_hit_share(), DATABASE_LEGEND),
                thresholds_below(0.95, 0.9),
            ),
            figure_panel(
                "Deadlocks",
                "Transactions aborted by deadlocks over the time shown; each is a bug of ours.",
                units.Short,
                Query(deadlocks, DATABASE_LEGEND),
                thresholds_above(1, 5),
                trend=False,
            ),
        ],
    )


def connections_section() -> Section:
    by_state = ("datname", "state")
    states = sum_by(
        select_series("pg_stat_activity_count", CHOSEN_SERVICES, CHOSEN_DATABASES),
        "instance",
        *by_state,
    )
    longest = select_series("pg_stat_activity_max_tx_duration", CHOSEN_SERVICES, CHOSEN_DATABASES)
    return make_section(
        "Connections and locks",
        [
            line_panel(
                "Connections by state",
                "Connections by state; long idle in transaction holds locks, all connections active is overload.",
                units.Short,
                Query(max_by(states, *by_state), "{{datname}} {{state}}"),
                Query(
                    max_by(select_series("pg_settings_max_connections", CHOSEN_SERVICES)), "limit"
                ),
            ),
            line_panel(
                "Longest transaction",
                "Age of the oldest transaction; after minutes its locks and the delayed vacuum slow others down.",
                units.Seconds,
                Query(max_by(longest, *by_state), "{{datname}} {{state}}"),
                limit=60,
            ),
            line_panel(
                "Locks by mode",
                "Locks held or waited for, by mode; long exclusive locks make other transactions wait.",
                units.Short,
                Query(
                    max_by(
                        select_series("pg_locks_count", CHOSEN_SERVICES, CHOSEN_DATABASES),
                        "datname",
                        "mode",
                    ),
                    "{{datname}} {{mode}}",
                ),
            ),
        ],
    )


def work_section() -> Section:
    return make_section(
        "Work",
        [
            line_panel(
                "Transactions",
                "Transactions committed (upwards) and rolled back (downwards) per second; many rollbacks are faults.",
                units.OpsPerSecond,
                Query(_rate_per_database("xact_commit"), f"{DATABASE_LEGEND} committed"),
                Query(_rate_per_database("xact_rollback"), f"{DATABASE_LEGEND} rolled back"),
                downwards="/rolled back/",
            ),
            line_panel(
                "Rows read",
                "Rows scanned, and rows fetched by an index, per second; many more scanned suggest a missing index.",
                units.OpsPerSecond,
                Query(_rate_per_database("tup_returned"), f"{DATABASE_LEGEND} scanned"),
                Query(_rate_per_database("tup_fetched"), f"{DATABASE_LEGEND} fetched"),
            ),
            line_panel(
                "Rows written",
                "Rows inserted, updated and deleted per second; a rise without more traffic may be a loop.",
                units.OpsPerSecond,
                Query(_rate_per_database("tup_inserted"), f"{DATABASE_LEGEND} inserted"),
                Query(_rate_per_database("tup_updated"), f"{DATABASE_LEGEND} updated"),
                Query(_rate_per_database("tup_deleted"), f"{DATABASE_LEGEND} deleted"),
            ),
        ],
        [
            line_panel(
                "Cache hit ratio over time",
                "Share of blocks found in PostgreSQL's shared buffers; a drop is a query that reads whole tables.",
                units.PercentUnit,
                Query(_cache_hit_share(), DATABASE_LEGEND),
                most=1,
            ),
            line_panel(
                "Temporary files",
                "Bytes per second that sorts wrote to disk for lack of memory; regular writes are bad.",
                units.BytesPerSecondIEC,
                Query(_rate_per_database("temp_bytes"), DATABASE_LEGEND),
            ),
            line_panel(
                "Deadlocks and conflicts",
                "Transactions aborted per second by deadlocks, or by conflicts with replication on a replica.",
                units.CountsPerSecond,
                Query(_rate_per_database("deadlocks"), f"{DATABASE_LEGEND} deadlocks"),
                Query(_rate_per_database("conflicts"), f"{DATABASE_LEGEND} conflicts"),
            ),
        ],
    )


def size_section() -> Section:
    database = select_series("pg_database_size_bytes", CHOSEN_SERVICES, CHOSEN_DATABASES)
    return make_section(
        "Size",
        [
            line_panel(
                "Database size",
                "Size of each database; the disk must hold the database and a copy of it.",
                units.BytesIEC,
                Query(max_by(database, "datname"), DATABASE_LEGEND),
            ),
            line_panel(
                "Database growth",
                "Growth in bytes per second over the last hour; a database shrinks only when it is rewritten.",
                units.BytesPerSecondIEC,
                Query(max_by(f"deriv({database}[1h])", "datname"), DATABASE_LEGEND),
                below_zero=True,
            ),
        ],
    )


def writing_section() -> Section:
    """Return panels about checkpoints, the write-ahead log and replicas.

    Without containers they are empty: Debian's exporter is too old and has none of these metrics.
    """
    by_service = ("service",)
    return make_section(
        "Checkpoints, log and replicas",
        [
            line_panel(
                "Checkpoints",
                "Checkpoints per minute by cause; many requested ones mean that max_wal_size is too small.",
                units.CountsPerMinute,
                Query(_per_minute("pg_stat_checkpointer_num_timed_total"), "{{service}} timed"),
                Query(
                    _per_minute("pg_stat_checkpointer_num_requested_total"), "{{service}} requested"
                ),
            ),
            line_panel(
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
            line_panel(
                "Write-ahead log",
                "Size of the stored log; an endless rise means that a replica or archive does not consume it.",
                units.BytesIEC,
                Query(
                    max_by(select_series("pg_wal_size_bytes", CHOSEN_SERVICES), *by_service),
                    "{{service}}",
                ),
            ),
            line_panel(
                "Replication lag",
                "Delay of replicas behind the primary; data read from a replica is that old.",
                units.Seconds,
                Query(
                    max_by(
                        select_series("pg_replication_lag_seconds", CHOSEN_SERVICES), *by_service
                    ),
                    "{{service}}",
                ),
            ),
        ],
    )


def _rate_per_database(counter: str) -> str:
    return max_by(rate(f"pg_stat_database_{counter}", CHOSEN_SERVICES, CHOSEN_DATABASES), "datname")


def _per_minute(counter: str) -> str:
    return f"60 * {max_by(rate(counter, CHOSEN_SERVICES), 'service')}"


def _cache_hit_share() -> str:
    hit = rate("pg_stat_database_blks_hit", CHOSEN_SERVICES, CHOSEN_DATABASES)
    read = rate("pg_stat_database_blks_read", CHOSEN_SERVICES, CHOSEN_DATABASES)
    return f"{sum_by(hit, 'datname')} / ({sum_by(f'{hit} + {read}', 'datname')} > 0)"


def _share_of_connections() -> str:
    taken = sum_by(select_series("pg_stat_activity_count", CHOSEN_SERVICES), "service", "instance")
    limit = max_by(
        select_series("pg_settings_max_connections", CHOSEN_SERVICES), "service", "instance"
    )
    return max_by(f"{taken} / {limit}", "service")
