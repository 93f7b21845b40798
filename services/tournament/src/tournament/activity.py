"""Tells whether the service is active, that is, whether `wiring.anything_at` finds something to do.

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
"""The channel that database triggers notify when a match, a place in the queue or an invitation is created, or a
tournament changes."""
LOOK_SECONDS: Final = 20.0
"""Interval of queries for activity: they find what a lost signal would have told, and the end of activity."""
AT_REST_SECONDS: Final = 240.0
"""Longest wait of periodic work without activity. An alert fires when the scheduler has not run for 5 min."""


class Activity(InitPlugin):
    """Active until a query finds nothing to do, and again from the next signal.

    Register it after the channels plugin, whose channels must be open before it listens.
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
        """Query and listen for activity while the service runs."""
        app_config.lifespan += [
            self._listen,
            repeating("activity-looked-for", self.look, every_seconds=LOOK_SECONDS),
        ]
        return app_config

    async def look(self) -> None:
        """Query whether there is anything to do, now or soon."""
        self._signalled = False
        async with self._db.get_session() as session:
            found = await session.scalar(select(self._anything_at(self._clock())))
        if found:
            self._going_on.set()
        elif not self._signalled:
            # Work that was signalled during the query may be missing from its answer.
            self._going_on.clear()

    async def wait(self, at_most: float = AT_REST_SECONDS) -> None:
        """Wait until there is activity, at most so many seconds."""
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
