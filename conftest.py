"""What every package's tests share: a real PostgreSQL, and the cast with their access tokens."""

import gc
import os
from pathlib import Path

from hypothesis import settings

pytest_plugins = (
    "tests.fixtures.databases",
    "tests.fixtures.cast",
    "tests.fixtures.provider",
    "tests.fixtures.platform",
    "tests.fixtures.summary",
)

# Each httpx client reads the authorities that the machine trusts: 36 ms for 140 of them. Tests call this machine only
# and name the certificate that they check, so they trust a folder without any.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent / "tests")

# On every machine as on CI: no deadline, no complaint about a slow machine, the same examples each time.
settings.load_profile("ci")


def pytest_collection_finish() -> None:
    """What is there by now stays; looking through all of it again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
