"""Runs programs from Debian's monitoring packages."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping

import httpx
import pytest

from tests.fixtures.ports import HOST, free_ports

ANSWER_SECONDS = 20
STOP_SECONDS = 10
POLL_SECONDS = 0.1

# Read as text, since prometheus_client's parser appends `_total` to the name of every counter.
SAMPLE = re.compile(r"^[a-z_:]\w*", re.MULTILINE | re.IGNORECASE)


def find_program(name: str, package: str) -> str:
    """Return the path of a program; without it the test is skipped, or fails on CI."""
    found = shutil.which(name)
    if found is None:
        missing = f"the system package {package} is missing"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def metrics_of(exporter: str, environment: Mapping[str, str]) -> set[str]:
    """Start an exporter, and return the names of all its samples."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [find_program(exporter, exporter), f"--web.listen-address={HOST}:{port}"],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        text = _scraped(f"http://{HOST}:{port}/metrics", process)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
    return set(SAMPLE.findall(text))


def _scraped(url: str, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "it has ended"
        try:
            return httpx.get(url, trust_env=False).raise_for_status().text
        except httpx.TransportError:
            time.sleep(POLL_SECONDS)
    raise AssertionError(f"nothing at {url} in {ANSWER_SECONDS} s")
