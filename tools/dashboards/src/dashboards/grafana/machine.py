"""Panels of processor, memory and the rest of a machine, with names common to the node exporters 1.5 and 1.11."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, section
from dashboards.grafana.panels import Query, bad_above, bad_below, figure, lines
from dashboards.grafana.promql import rate, select

CHOSEN = ('job="node"', 'host=~"$host"', 'instance=~"$instance"')
IDLE = 'mode="idle"'
NOT_BUSY = 'mode=~"idle|iowait"'
WORKING = 'mode!="idle"'
ROOT = 'mountpoint="/"'
MACHINE = "{{host}}"

# Thresholds of the alerts in ops/prometheus/rules_3.yml.
BUSY = 0.8
SCARCE = 0.1


def chosen(metric: str, *matchers: str) -> str:
    return select(metric, *CHOSEN, *matchers)


def changes(counter: str, *matchers: str) -> str:
    return rate(counter, *CHOSEN, *matchers)


def overview() -> Section:
    idle = changes("node_cpu_seconds_total", NOT_BUSY)
    memory = f"{chosen('node_memory_MemAvailable_bytes')} / {chosen('node_memory_MemTotal_bytes')}"
    free = chosen("node_filesystem_avail_bytes", ROOT)
    running = f"{chosen('node_time_seconds')} - {chosen('node_boot_time_seconds')}"
    return section(
        "Overview",
        [
            figure(
                "CPU busy",
                "Share of time in which cores work, without waiting for a disk; above 80 % for 5 min an alert fires.",
                units.PercentUnit,
                Query(f"1 - avg by (host) (sum without (mode) ({idle}))", MACHINE),
                bad_above(0.75 * BUSY, BUSY),
            ),
            figure(
                "Memory available",
                "Share of memory available to programs; below 10 % an alert fires.",
                units.PercentUnit,
                Query(memory, MACHINE),
                bad_below(2 * SCARCE, SCARCE),
            ),
            figure(
                "Root disk free",
                "Free share of the file system at /; below 10 % an alert fires.",
                units.PercentUnit,
                Query(f"{free} / {chosen('node_filesystem_size_bytes', ROOT)}", MACHINE),
                bad_below(2 * SCARCE, SCARCE),
            ),
            figure(
                "Uptime",
                "Time since the machine started; a short time without a planned restart is bad.",
                units.Seconds,
                Query(running, MACHINE),
                trend=False,
            ),
        ],
    )


def cpu() -> Section:
    working = changes("node_cpu_seconds_total", WORKING)
    cores = f"count by (host) ({chosen('node_cpu_seconds_total', IDLE)})"
    return section(
        "CPU",
        [
            lines(
                "CPU by mode",
                "CPU time by mode, as a share of all cores; much iowait is a slow disk, any steal a crowded host.",
                units.PercentUnit,
                Query(f"avg by (mode) ({working})", "{{mode}}"),
                stacked=True,
                most=1,
            ),
            lines(
                "Load and cores",
                "Programs that run or are ready to run; above the number of cores they wait for each other.",
                units.Short,
                Query(chosen("node_load1"), "{{host}} 1 minute"),
                Query(chosen("node_load5"), "{{host}} 5 minutes"),
                Query(chosen("node_load15"), "{{host}} 15 minutes"),
                Query(cores, "{{host}} cores"),
            ),
            lines(
                "Pressure stalls",
                "Share of time in which a program waited for CPU, disk or memory; it should be near zero.",
                units.PercentUnit,
                Query(changes("node_pressure_cpu_waiting_seconds_total"), "{{host}} CPU"),
                Query(changes("node_pressure_io_waiting_seconds_total"), "{{host}} disk"),
                Query(changes("node_pressure_memory_waiting_seconds_total"), "{{host}} memory"),
            ),
        ],
    )


def memory() -> Section:
    total = chosen("node_memory_MemTotal_bytes")
    free = chosen("node_memory_MemFree_bytes")
    buffers = chosen("node_memory_Buffers_bytes")
    cache = f"{chosen('node_memory_Cached_bytes')} + {chosen('node_memory_SReclaimable_bytes')}"
    swapped = f"{chosen('node_memory_SwapTotal_bytes')} - {chosen('node_memory_SwapFree_bytes')}"
    return section(
        "Memory",
        [
            lines(
                "Memory by use",
                "Memory by use; the kernel frees caches on demand, so only used growing to the total is bad.",
                units.BytesIEC,
                Query(f"sum({total} - {free} - {buffers} - ({cache}))", "used"),
                Query(f"sum({cache})", "caches"),
                Query(f"sum({buffers})", "buffers"),
                Query(f"sum({free})", "free"),
                stacked=True,
            ),
            lines(
                "Swap in use",
                "Memory swapped to disk; some is harmless, growth together with swapping is not.",
                units.BytesIEC,
                Query(swapped, "{{host}} in use"),
                Query(chosen("node_memory_SwapTotal_bytes"), "{{host}} total"),
            ),
            lines(
                "Swapping and out-of-memory kills",
                "Pages per second read from and written to swap, and programs killed; all should be zero.",
                units.OpsPerSecond,
                Query(changes("node_vmstat_pswpin"), "{{host}} in"),
                Query(changes("node_vmstat_pswpout"), "{{host}} out"),
                Query(changes("node_vmstat_oom_kill"), "{{host}} killed"),
            ),
        ],
    )


def system() -> Section:
    handles = f"{chosen('node_filefd_allocated')} / {chosen('node_filefd_maximum')}"
    return section(
        "System",
        [
            lines(
                "File handles in use",
                "Used share of the kernel's file handles; at 100 % no file can be opened.",
                units.PercentUnit,
                Query(handles, MACHINE),
                most=1,
            ),
            lines(
                "Context switches and interrupts",
                "Context switches and interrupts per second; a jump without more work is a fault.",
                units.OpsPerSecond,
                Query(changes("node_context_switches_total"), "{{host}} switches"),
                Query(changes("node_intr_total"), "{{host}} interrupts"),
            ),
            lines(
                "Processes",
                "Processes running and blocked by a disk, and new ones per second; constantly blocked ones are bad.",
                units.Short,
                Query(chosen("node_procs_running"), "{{host}} running"),
                Query(chosen("node_procs_blocked"), "{{host}} blocked"),
                Query(changes("node_forks_total"), "{{host}} new per second"),
            ),
            lines(
                "Clock",
                "Offset of the clock; tokens are valid for minutes, so an offset of seconds is bad.",
                units.Seconds,
                Query(chosen("node_timex_offset_seconds"), "{{host}} offset"),
                Query(chosen("node_timex_maxerror_seconds"), "{{host}} at most"),
                below_zero=True,
            ),
        ],
    )
