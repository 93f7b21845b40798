"""What every package's tests share: a real PostgreSQL, and the cast with their access tokens."""

import gc
from collections import Counter

import pytest

pytest_plugins = (
    "tests.fixtures.databases",
    "tests.fixtures.cast",
    "tests.fixtures.provider",
    "tests.fixtures.platform",
)


def pytest_collection_finish() -> None:
    """What is there by now stays; looking through all of it again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped in one line a reason, such as a system package that is missing."""
    skipped: list[pytest.TestReport] = terminalreporter.stats.get("skipped", [])
    reasons = Counter(
        str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)
    )
    for reason, count in reasons.items():
        terminalreporter.line(f"{count} {reason[0].lower()}{reason[1:]}")
