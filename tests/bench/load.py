"""Load from wrk on this machine, and the CPU time that processes spend meanwhile."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

CONNECTIONS = 16
SECONDS = 4
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class ToolMissing(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(f"`make bench` needs {name} (Debian: apt-get install {name})")


class LoadFailed(Exception):
    """Some answers were errors, so the figures would mean nothing."""


@dataclass(frozen=True)
class Load:
    """Result of one run. `cpu_ms` is the CPU time per request, by name of the watched processes."""

    per_second: float
    p99_ms: float
    requests: int
    cpu_ms: Mapping[str, float]


def find_wrk() -> str:
    """Return the path of the load generator.

    Raises:
        ToolMissing: wrk is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        raise ToolMissing("wrk")
    return found


def load(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    watch: Mapping[str, Sequence[psutil.Process]] | None = None,
    seconds: int = SECONDS,
) -> Load:
    """Request one address over 16 connections for some seconds.

    Raises:
        ToolMissing: wrk is not installed.
        LoadFailed: an answer was an error.
    """
    watched = watch or {}
    before = {name: cpu_seconds(processes) for name, processes in watched.items()}
    command = [find_wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    spent = {name: cpu_seconds(processes) - before[name] for name, processes in watched.items()}
    if failed := re.search(r"(Non-2xx.*|Socket errors.*)", output):
        raise LoadFailed(f"{url}: {failed[1]}")
    requests = int(_found(r"(\d+) requests in", output))
    return Load(
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", output)),
        p99_ms=_p99(output),
        requests=requests,
        cpu_ms={name: seconds * 1000 / requests for name, seconds in spent.items()},
    )


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Return the user and system CPU seconds of these processes and all their descendants."""
    total = 0.0
    for process in processes:
        for each in (process, *process.children(recursive=True)):
            times = each.cpu_times()
            total += times.user + times.system
    return total


def _p99(output: str) -> float:
    match = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    assert match is not None
    return float(match[1]) * _UNITS[match[2]]


def _found(pattern: str, output: str) -> str:
    match = re.search(pattern, output)
    assert match is not None, output
    return match[1]
