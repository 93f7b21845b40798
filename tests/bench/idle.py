"""A platform without visitors: the CPU time, wake-ups and memory of each process."""

from time import sleep
from typing import Final

from tests.bench.load import cpu_seconds
from tests.bench.report import figure, heading
from tests.fixtures.launched import LaunchedPlatform

PROCESSES: Final = ("ui", "auth", "history", "tournament")
SETTLE_SECONDS: Final = 25
"""Longer than tournament's interval of queries for work, after which it knows that there is none."""
SECONDS: Final = 20


def measure(platform: LaunchedPlatform) -> None:
    heading("A platform without visitors")
    sleep(SETTLE_SECONDS)
    processes = {name: platform.process(name) for name in PROCESSES}
    before = {
        name: (cpu_seconds([process]), process.num_ctx_switches().voluntary)
        for name, process in processes.items()
    }
    sleep(SECONDS)
    for name, process in processes.items():
        cpu, switches = before[name]
        share = (cpu_seconds([process]) - cpu) / SECONDS
        wake_ups = (process.num_ctx_switches().voluntary - switches) / SECONDS
        figure(name, f"{share:.1%} of a core", f"goal ≤ 0.5 %; {wake_ups:.0f} wake-ups/s")
    show_memory(platform, "at rest, goal ≤ 80 MB each")


def show_memory(platform: LaunchedPlatform, when: str) -> None:
    """Print the private memory of each service's process, without its children."""
    used = ", ".join(
        f"{name} {platform.process(name).memory_full_info().uss / 1e6:.0f}" for name in PROCESSES
    )
    figure("memory", f"{used} MB", when)
