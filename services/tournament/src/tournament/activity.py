"""Tells whether the service is active, that is, whether `wiring.work_exists_at` finds something to do.

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
from transcendence_common.periodic import periodic_lifespan

ACTIVITY_CHANNEL: Final = "activity"
"""The channel that database triggers notify when a match, a place in the queue or an invitation is created, or a
tournament changes."""
QUERY_INTERVAL_SECONDS: Final = 20.0
"""Interval of queries for work: they find work whose signal was lost, and the end of activity."""
LONGEST_IDLE_WAIT_SECONDS: Final = 240.0
"""Longest wait of periodic work without activity. An alert fires when the scheduler has not run for 5 min."""


class Activity(InitPlugin):
    """Active until a query finds nothing to do, and again from the next signal.

    Register it after the channels plugin, whose channels must be open before it listens.
    """

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        clock: Clock,
        work_exists_at: Callable[[datetime], ColumnElement[bool]],
    ) -> None:
        self._db = db
        self._clock = clock
        self._work_exists_at = work_exists_at
        self._active = asyncio.Event()
        self._active.set()
        self._signalled = False

    @property
    def is_active(self) -> bool:
        return self._active.is_set()

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Query and listen for activity while the service runs."""
        app_config.lifespan += [
            self._listen_for_signals,
            periodic_lifespan(
                "activity-looked-for", self.check_for_work, every_seconds=QUERY_INTERVAL_SECONDS
            ),
        ]
        return app_config

    async def check_for_work(self) -> None:
        """Query the database for work, due now or soon, and become active or inactive accordingly."""
        self._signalled = False
        async with self._db.get_session() as session:
            found = await session.scalar(select(self._work_exists_at(self._clock())))
        if found:
            self._active.set()
        elif not self._signalled:
            # Work that was signalled during the query may be missing from its answer.
            self._active.clear()

    async def wait_until_active(self, at_most: float = LONGEST_IDLE_WAIT_SECONDS) -> None:
        """Wait until there is activity, at most `at_most` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._active.wait()

    @asynccontextmanager
    async def _listen_for_signals(self, app: Litestar) -> AsyncGenerator[None, None]:
        async with app.plugins.get(ChannelsPlugin).start_subscription(
            [ACTIVITY_CHANNEL]
        ) as signals:

            async def hear() -> None:
                async for _ in signals.iter_events():
                    self._signalled = True
                    self._active.set()

            hearing = asyncio.create_task(hear())
            yield
            hearing.cancel()
            await asyncio.wait({hearing})
