from collections.abc import AsyncGenerator

import pytest

from tests.compose.monitoring.running import Monitoring, monitoring
from tests.fixtures.composed import ComposedPlatform


@pytest.fixture(scope="package")
async def watched(composed: ComposedPlatform) -> AsyncGenerator[Monitoring, None]:
    """The session's platform with monitoring, which is removed after
    the last test of this folder."""
    with monitoring(composed) as running:
        yield running
        await running.prometheus.aclose()
