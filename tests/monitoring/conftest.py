"""A monitored platform on which everything that a panel shows has happened."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.fixtures.launched import LaunchedPlatform, launched_platform
from tests.fixtures.platform import MANY_PLAYERS_AT_ONE_ADDRESS
from tests.fixtures.provider import OpenIdProcess
from tests.monitoring.traffic import happen, keep_visiting

OPERATORS = "operators@example.org"


@pytest.fixture(scope="session")
async def watched(openid_provider: OpenIdProcess) -> AsyncGenerator[LaunchedPlatform, None]:
    """The platform with monitoring as processes, as `make up MONITORING=1` runs it."""
    chosen = {"MONITORING": "1", "ALERT_MAIL_TO": OPERATORS}
    with launched_platform(
        {**MANY_PLAYERS_AT_ONE_ADDRESS, **openid_provider.environment, **chosen}
    ) as platform:
        await happen(platform)
        visiting = asyncio.create_task(keep_visiting(platform))
        yield platform
        visiting.cancel()
