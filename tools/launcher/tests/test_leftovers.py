"""Who of the last run still lives."""

import os
from pathlib import Path

import psutil
import pytest

from launcher.leftovers import remember, still_running


def test_a_clock_that_was_set_makes_nobody_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path, {"auth": os.getpid()})
    booted = psutil.boot_time()
    # The time of day at which the machine started, as the kernel tells it, moves with the clock.
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: booted + 3600)
    assert set(still_running(tmp_path)) == {"auth"}
