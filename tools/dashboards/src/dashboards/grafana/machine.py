"""Panels of processor, memory and the rest of a machine, with names common to the node exporters 1.5 and 1.11."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, make_section
from dashboards.grafana.panels import (
    Query,
    figure_panel,
    line_panel,
    thresholds_above,
    thresholds_below,
)
from dashboards.grafana.promql import rate, select_series

CHOSEN_MACHINES = ('job="node"', 'host=~"$host"', 'instance=~"$instance"')
IDLE = 'mode="idle"'
NOT_BUSY = 'mode=~"idle|iowait"'
WORKING = 'mode!="idle"'
ROOT_MOUNT = 'mountpoint="/"'
MACHINE_LEGEND = "{{host}}"

# Thresholds of the alerts in ops/prometheus/rules_3.yml.
BUSY_SHARE = 0.8
SCARCE_SHARE = 0.1


def select_chosen(metric: str, *matchers: str) -> str:
    return select_series(metric, *CHOSEN_MACHINES, *matchers)


def rate_of_chosen(counter: str, *matchers: str) -> str:
    return rate(counter, *CHOSEN_MACHINES, *matchers)


def overview_section() -> Section:
    idle = rate_of_chosen("node_cpu_seconds_total", NOT_BUSY)
    memory = f"{select_chosen('node_memory_MemAvailable_bytes')} / {select_chosen('node_memory_MemTotal_bytes')}"
    free = select_chosen("node_filesystem_avail_bytes", ROOT_MOUNT)
    running = f"{select_chosen('node_time_seconds')} - {select_chosen('node_boot_time_seconds')}"
    return make_section(
        "Overview",
        [
            figure_panel(
                "CPU busy",
                "Share of time in which cores work, without waiting for a disk; above 80 % for 5 min an alert fires.",
                units.PercentUnit,
                Query(f"1 - avg by (host) (sum without (mode) ({idle}))", MACHINE_LEGEND),
                thresholds_above(0.75 * BUSY_SHARE, BUSY_SHARE),
            ),
            figure_panel(
                "Memory available",
                "Share of memory available to programs; below 10 % an alert fires.",
                units.PercentUnit,
                Query(memory, MACHINE_LEGEND),
                thresholds_below(2 * SCARCE_SHARE, SCARCE_SHARE),
            ),
            figure_panel(
                "Root disk free",
                "Free share of the file system at /; below 10 % an alert fires.",
                units.PercentUnit,
                Query(
                    f"{free} / {select_chosen('node_filesystem_size_bytes', ROOT_MOUNT)}",
                    MACHINE_LEGEND,
                ),
                thresholds_below(2 * SCARCE_SHARE, SCARCE_SHARE),
            ),
            figure_panel(
                "Uptime",
                "Time since the machine started; a short time without a planned restart is bad.",
                units.Seconds,
                Query(running, MACHINE_LEGEND),
                trend=False,
            ),
        ],
    )


def cpu_section() -> Section:
    working = rate_of_chosen("node_cpu_seconds_total", WORKING)
    cores = f"count by (host) ({select_chosen('node_cpu_seconds_total', IDLE)})"
    return make_section(
        "CPU",
        [
            line_panel(
                "CPU by mode",
                "CPU time by mode, as a share of all cores; much iowait is a slow disk, any steal a crowded host.",
                units.PercentUnit,
                Query(f"avg by (mode) ({working})", "{{mode}}"),
                stacked=True,
                most=1,
            ),
            line_panel(
                "Load and cores",
                "Programs that run or are ready to run; above the number of cores they wait for each other.",
                units.Short,
                Query(select_chosen("node_load1"), "{{host}} 1 minute"),
                Query(select_chosen("node_load5"), "{{host}} 5 minutes"),
                Query(select_chosen("node_load15"), "{{host}} 15 minutes"),
                Query(cores, "{{host}} cores"),
            ),
            line_panel(
                "Pressure stalls",
                "Share of time in which a program waited for CPU, disk or memory; it should be near zero.",
                units.PercentUnit,
                Query(rate_of_chosen("node_pressure_cpu_waiting_seconds_total"), "{{host}} CPU"),
                Query(rate_of_chosen("node_pressure_io_waiting_seconds_total"), "{{host}} disk"),
                Query(
                    rate_of_chosen("node_pressure_memory_waiting_seconds_total"), "{{host}} memory"
                ),
            ),
        ],
    )


def memory_section() -> Section:
    total = select_chosen("node_memory_MemTotal_bytes")
    free = select_chosen("node_memory_MemFree_bytes")
    buffers = select_chosen("node_memory_Buffers_bytes")
    cache = f"{select_chosen('node_memory_Cached_bytes')} + {select_chosen('node_memory_SReclaimable_bytes')}"
    swapped = f"{select_chosen('node_memory_SwapTotal_bytes')} - {select_chosen('node_memory_SwapFree_bytes')}"
    return make_section(
        "Memory",
        [
            line_panel(
                "Memory by use",
                "Memory by use; the kernel frees caches on demand, so only used growing to the total is bad.",
                units.BytesIEC,
                Query(f"sum({total} - {free} - {buffers} - ({cache}))", "used"),
                Query(f"sum({cache})", "caches"),
                Query(f"sum({buffers})", "buffers"),
                Query(f"sum({free})", "free"),
                stacked=True,
            ),
            line_panel(
                "Swap in use",
                "Memory swapped to disk; some is harmless, growth together with swapping is not.",
                units.BytesIEC,
                Query(swapped, "{{host}} in use"),
                Query(select_chosen("node_memory_SwapTotal_bytes"), "{{host}} total"),
            ),
            line_panel(
                "Swapping and out-of-memory kills",
                "Pages per second read from and written to swap, and programs killed; all should be zero.",
                units.OpsPerSecond,
                Query(rate_of_chosen("node_vmstat_pswpin"), "{{host}} in"),
                Query(rate_of_chosen("node_vmstat_pswpout"), "{{host}} out"),
                Query(rate_of_chosen("node_vmstat_oom_kill"), "{{host}} killed"),
            ),
        ],
    )


def system_section() -> Section:
    handles = f"{select_chosen('node_filefd_allocated')} / {select_chosen('node_filefd_maximum')}"
    return make_section(
        "System",
        [
            line_panel(
                "File handles in use",
                "Used share of the kernel's file handles; at 100 % no file can be opened.",
                units.PercentUnit,
                Query(handles, MACHINE_LEGEND),
                most=1,
            ),
            line_panel(
                "Context switches and interrupts",
                "Context switches and interrupts per second; a jump without more work is a fault.",
                units.OpsPerSecond,
                Query(rate_of_chosen("node_context_switches_total"), "{{host}} switches"),
                Query(rate_of_chosen("node_intr_total"), "{{host}} interrupts"),
            ),
            line_panel(
                "Processes",
                "Processes running and blocked by a disk, and new ones per second; constantly blocked ones are bad.",
                units.Short,
                Query(select_chosen("node_procs_running"), "{{host}} running"),
                Query(select_chosen("node_procs_blocked"), "{{host}} blocked"),
                Query(rate_of_chosen("node_forks_total"), "{{host}} new per second"),
            ),
            line_panel(
                "Clock",
                "Offset of the clock; tokens are valid for minutes, so an offset of seconds is bad.",
                units.Seconds,
                Query(select_chosen("node_timex_offset_seconds"), "{{host}} offset"),
                Query(select_chosen("node_timex_maxerror_seconds"), "{{host}} at most"),
                below_zero=True,
            ),
        ],
    )
