"""Waiting for what happens in another process, another task or the database: never longer than a test may take."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.fixtures.patience import PATIENCE_SECONDS

LOOK_SECONDS = 0.02


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(LOOK_SECONDS)


async def until_asked(holds: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 - nor here
            await asyncio.sleep(LOOK_SECONDS)
