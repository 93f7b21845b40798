"""What every package's tests share: a real PostgreSQL, and the cast with their access tokens."""

import gc

import pytest
from hypothesis import settings

import tests.fixtures.examples  # noqa: F401 - names the profile `quick`

# A row that fails says what was told instead.
pytest.register_assert_rewrite("tests.fixtures.access")

pytest_plugins = (
    "tests.fixtures.authorities",
    "tests.fixtures.databases",
    "tests.fixtures.cast",
    "tests.fixtures.provider",
    "tests.fixtures.platform",
    "tests.fixtures.summary",
)

# On every machine as on CI: no deadline, no complaint about a slow machine, the same examples each time.
# `--hypothesis-profile=quick` comes after it.
settings.load_profile("ci")


def pytest_collection_finish() -> None:
    """What is there by now stays; looking through all of it again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
