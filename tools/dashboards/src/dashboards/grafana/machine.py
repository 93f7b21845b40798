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
                "The share of all cores that work, not waiting for a disk; above 80 % for minutes there is an alert.",
                units.PercentUnit,
                Query(f"1 - avg by (host) (sum without (mode) ({idle}))", MACHINE),
                bad_above(0.75 * BUSY, BUSY),
            ),
            figure(
                "Memory available",
                "The share of memory that programs can still get; below 10 % there is an alert.",
                units.PercentUnit,
                Query(memory, MACHINE),
                bad_below(2 * SCARCE, SCARCE),
            ),
            figure(
                "Root disk free",
                "The share of the disk at / that is free; below 10 % there is an alert.",
                units.PercentUnit,
                Query(f"{free} / {chosen('node_filesystem_size_bytes', ROOT)}", MACHINE),
                bad_below(2 * SCARCE, SCARCE),
            ),
            figure(
                "Running for",
                "How long ago the machine started; short without a planned restart is bad.",
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
                "What the cores do, as a share of all; much iowait is a slow disk, any steal a crowded host.",
                units.PercentUnit,
                Query(f"avg by (mode) ({working})", "{{mode}}"),
                stacked=True,
                most=1,
            ),
            lines(
                "Load and cores",
                "How many programs run or want to; above the number of cores they wait for one another.",
                units.Short,
                Query(chosen("node_load1"), "{{host}} 1 minute"),
                Query(chosen("node_load5"), "{{host}} 5 minutes"),
                Query(chosen("node_load15"), "{{host}} 15 minutes"),
                Query(cores, "{{host}} cores"),
            ),
            lines(
                "Time lost by waiting",
                "The share of time in which some program waited for CPU, disk or memory; it should be near zero.",
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
                "Who has the memory; caches give way, so only used growing into all of it is bad.",
                units.BytesIEC,
                Query(f"sum({total} - {free} - {buffers} - ({cache}))", "used"),
                Query(f"sum({cache})", "caches"),
                Query(f"sum({buffers})", "buffers"),
                Query(f"sum({free})", "free"),
                stacked=True,
            ),
            lines(
                "Swap in use",
                "Memory that was written to disk; some is harmless, growth together with swapping is not.",
                units.BytesIEC,
                Query(swapped, "{{host}} in use"),
                Query(chosen("node_memory_SwapTotal_bytes"), "{{host}} there is"),
            ),
            lines(
                "Swapping and lack of memory",
                "Pages a second from and to the swap, and programs killed for lack of memory; all should be zero.",
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
                "The share of the file handles that the kernel gives out; at 100 % nothing can be opened.",
                units.PercentUnit,
                Query(handles, MACHINE),
                most=1,
            ),
            lines(
                "Context switches and interrupts",
                "How often the kernel changes what runs, and is interrupted; a jump without more work is a fault.",
                units.OpsPerSecond,
                Query(changes("node_context_switches_total"), "{{host}} switches"),
                Query(changes("node_intr_total"), "{{host}} interrupts"),
            ),
            lines(
                "Processes",
                "Programs that run and that are stuck on a disk, and new ones a second; stuck ones for long are bad.",
                units.Short,
                Query(chosen("node_procs_running"), "{{host}} running"),
                Query(chosen("node_procs_blocked"), "{{host}} stuck"),
                Query(changes("node_forks_total"), "{{host}} new a second"),
            ),
            lines(
                "Clock",
                "How far the clock is off; tokens live for minutes, so seconds are bad.",
                units.Seconds,
                Query(chosen("node_timex_offset_seconds"), "{{host}} offset"),
                Query(chosen("node_timex_maxerror_seconds"), "{{host}} at most"),
                below_zero=True,
            ),
        ],
    )
