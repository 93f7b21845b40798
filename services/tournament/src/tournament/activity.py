"""Tells whether the service is active: it has something to look after (`wiring.anything_at` says what).

Periodic work waits for activity, so that an idle platform hardly queries its database.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar
from litestar.channels import ChannelsPlugin
from litestar.config.app import AppConfig
from litestar.plugins import InitPlugin
from sqlalchemy import ColumnElement, select

from transcendence_common.clock import Clock
from transcendence_common.periodic import repeating

CHANNEL: Final = "activity"
"""Triggers signal on it when a match, a place in the queue or an invitation is made, and when a tournament changes."""
LOOK_SECONDS: Final = 20.0
"""For a signal that was lost, and for the end of what went on."""
AT_REST_SECONDS: Final = 240.0
"""Nothing waits longer than that for its turn: an alert tells of a scheduler that has not looked for five minutes."""


class Activity(InitPlugin):
    """Goes on until a look finds nothing, and again from the next signal.

    Register it after the channels, which have to be open before it listens.
    """

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        clock: Clock,
        anything_at: Callable[[datetime], ColumnElement[bool]],
    ) -> None:
        self._db = db
        self._clock = clock
        self._anything_at = anything_at
        self._going_on = asyncio.Event()
        self._going_on.set()
        self._signalled = False

    @property
    def is_going_on(self) -> bool:
        return self._going_on.is_set()

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Look and listen while the service runs."""
        app_config.lifespan += [
            self._listen,
            repeating("activity-looked-for", self.look, every_seconds=LOOK_SECONDS),
        ]
        return app_config

    async def look(self) -> None:
        """Find out whether anything goes on, or is about to."""
        self._signalled = False
        async with self._db.get_session() as session:
            found = await session.scalar(select(self._anything_at(self._clock())))
        if found:
            self._going_on.set()
        elif not self._signalled:
            # What was signalled meanwhile may have come too late to be found.
            self._going_on.clear()

    async def wait(self, at_most: float = AT_REST_SECONDS) -> None:
        """Wait until something goes on, or for so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._going_on.wait()

    @asynccontextmanager
    async def _listen(self, app: Litestar) -> AsyncGenerator[None, None]:
        async with app.plugins.get(ChannelsPlugin).start_subscription([CHANNEL]) as signals:

            async def hear() -> None:
                async for _ in signals.iter_events():
                    self._signalled = True
                    self._going_on.set()

            hearing = asyncio.create_task(hear())
            yield
            hearing.cancel()
            await asyncio.wait({hearing})
