"""Signals between replicas: something has changed, so open pages have to reload it.

PostgreSQL carries them (NOTIFY): they are sent when the change is committed, and never without a commit. Litestar's
channels pass each to its subscribers. A signal carries no data and may be lost with a connection, so after an outage
every subscriber gets one, to reload what it may have missed.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import TypeVar

import anyio
import asyncpg
import structlog
from litestar.background_tasks import BackgroundTask
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.asyncpg import AsyncPgChannelsBackend
from litestar.channels.subscriber import Subscriber
from litestar.response.sse import ServerSentEventMessage
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from transcendence_common.draining import STOPPING
from transcendence_common.outages import DRIVER_ERRORS
from transcendence_common.request_id import context_without_request_id
from transcendence_common.settings import PostgresUrl

RECONNECT_SECONDS = 1.0
PING_SECONDS = 30.0
"""Interval of queries on the connection, which detect a connection that died silently."""
HEARTBEAT_INTERVAL = timedelta(seconds=15)
"""Interval of heartbeats in streams: proxies close a connection that is silent for a minute."""
STOP_CHECK_SECONDS = 0.5
"""Interval of checks whether the process is to stop."""
MOST_WAITING_SIGNALS = 8
"""Most signals waiting for one subscriber. They are all equal, so more would add nothing."""

ItemT = TypeVar("ItemT")

_NOTIFY = text("SELECT pg_notify(channel, '') FROM unnest(CAST(:channels AS text[])) AS channel")

logger = structlog.get_logger("transcendence.signals")


async def notify(session: AsyncSession, channels: Iterable[str]) -> None:
    """Signal a change on each channel when the caller's transaction is committed.

    Args:
        session: the transaction of the change.
        channels: names of at most 63 characters.
    """
    if names := sorted(set(channels)):
        # In one statement, because the start of a tournament signals a thousand channels.
        await session.execute(_NOTIFY, {"channels": names})


def channels_plugin(url: PostgresUrl, *, service: str) -> ChannelsPlugin:
    """Return the plugin whose dependency `channels` subscribes to signals of all replicas."""
    return ChannelsPlugin(
        ReconnectingListener(url, service=service),
        arbitrary_channels_allowed=True,
        subscriber_max_backlog=MOST_WAITING_SIGNALS,
    )


class ReconnectingListener(AsyncPgChannelsBackend):
    """Listens for PostgreSQL's notifications on one connection, as a backend of Litestar's channels.

    Unlike Litestar's own backend it connects at the first subscription, and again after each outage.
    """

    def __init__(self, url: PostgresUrl, *, service: str) -> None:
        dsn = url.get_secret_value().replace("postgresql+asyncpg://", "postgresql://", 1)
        self._settings = {"application_name": f"{service}-signals"}
        super().__init__(dsn)
        self._dsn = dsn
        self._open: asyncpg.Connection | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()

    async def on_startup(self) -> None:
        """Reset the state; the database need not be available yet."""
        self._listener_lock = asyncio.Lock()
        self._queue = asyncio.Queue()
        self._tried.clear()

    async def on_shutdown(self) -> None:
        """Close the connection."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
            self._keeping = None
        self._subscribed_channels.clear()

    async def subscribe(self, channels: Iterable[str]) -> None:
        """Listen on more channels; without a connection, as soon as there is one.

        Only the first connection, or its failure, is waited for: a signal sent before it would be lost for subscribers
        who have read the data already, and no outage would make them read it again.
        """
        async with self._listener_lock:
            new = set(channels) - self._subscribed_channels
            self._subscribed_channels |= new
            if self._open is not None:
                # A failure here is noticed by `_keep_connected`, which listens again on all channels.
                with suppress(*DRIVER_ERRORS):
                    await self._listen(self._open, new)
        if self._keeping is None:
            self._keeping = asyncio.create_task(
                self._keep_connected(), context=context_without_request_id()
            )
            self._keeping.add_done_callback(lambda _: self._tried.set())
        await self._tried.wait()

    async def unsubscribe(self, channels: Iterable[str]) -> None:
        async with self._listener_lock:
            for channel in set(channels) & self._subscribed_channels:
                self._subscribed_channels.remove(channel)
                if self._open is not None:
                    with suppress(*DRIVER_ERRORS):
                        await self._open.remove_listener(channel, self._listener)

    async def _keep_connected(self) -> None:
        was_away = False
        while True:
            try:
                await self._listen_until_disconnected(was_away)
            except DRIVER_ERRORS as error:
                if not was_away:
                    _log_disconnected(error)
                was_away = True
                self._tried.set()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_until_disconnected(self, was_away: bool) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=PING_SECONDS,
            # For every statement: one that holds the lock and never ends would keep the ping from being sent.
            command_timeout=PING_SECONDS,
            server_settings=self._settings,
        )
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
        try:
            async with self._listener_lock:
                self._open = connection
                await self._listen(connection, self._subscribed_channels)
                for channel in self._subscribed_channels if was_away else ():
                    self._listener(connection, 0, channel, "")
            self._tried.set()
            while not await _wait_for_event(closed, within_seconds=PING_SECONDS):
                async with self._listener_lock:
                    await connection.execute("SELECT 1")
            raise ConnectionAbortedError("the server ended the connection")
        finally:
            self._open = None
            connection.terminate()

    async def _listen(self, connection: asyncpg.Connection, channels: Iterable[str]) -> None:
        for channel in channels:
            await connection.add_listener(channel, self._listener)


async def stream_signals(
    subscriber: Subscriber, event: str, *, seconds: float
) -> AsyncGenerator[ServerSentEventMessage, None]:
    """Turn signals into server-sent events: one at once, one for each signal, and heartbeats in between.

    Signals that arrive together become one event. The stream ends after `seconds`, or when the process is told to stop;
    the browser then reconnects by itself, with a new access token.

    Args:
        subscriber: from `ChannelsPlugin.start_subscription`.
        event: the name of the events.
        seconds: the longest duration of the stream.
    """
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + seconds
    yield _event_message(event)
    silent_since = loop.time()
    while loop.time() < ends_at and not STOPPING.is_set():
        if await _wait_for_signal(subscriber):
            yield _event_message(event)
            silent_since = loop.time()
        elif loop.time() - silent_since >= HEARTBEAT_INTERVAL.total_seconds():
            yield ServerSentEventMessage(data=None, comment="still here")
            silent_since = loop.time()


async def run_in_own_task(source: AsyncGenerator[ItemT, None]) -> AsyncGenerator[ItemT, None]:
    """Yield the items of a generator that runs in its own task, so that it can clean up when the reader leaves.

    Otherwise Litestar cancels a stream's generator together with everything that it awaits in its `finally`. The source
    waits for a slow reader, so that items do not pile up.
    """
    passing, passed = anyio.create_memory_object_stream[ItemT](0)

    async def read() -> None:
        async with passing, aclosing(source):
            async for item in source:
                await passing.send(item)

    reading = asyncio.create_task(read())
    try:
        async for item in passed:
            yield item
        # Awaited, because an error of the source would otherwise look like its end.
        await reading
    finally:
        reading.cancel()
        passed.close()


def close_after_answer(stream: AsyncGenerator[object, None]) -> BackgroundTask:
    """Return the background task that closes a stream's generator after its answer.

    If the reader leaves while an item is being sent, Litestar drops the generator without closing it.
    """
    return BackgroundTask(_close_generator, stream)


async def _close_generator(stream: AsyncGenerator[object, None]) -> None:
    await stream.aclose()


def _event_message(event: str) -> ServerSentEventMessage:
    return ServerSentEventMessage(event=event, data="{}")


async def _wait_for_signal(subscriber: Subscriber) -> bool:
    """Wait up to STOP_CHECK_SECONDS for a signal, take all that arrived with it, and tell whether there was one."""
    queue = subscriber._queue  # noqa: SLF001 - its generator cannot be left and entered again
    try:
        async with asyncio.timeout(STOP_CHECK_SECONDS):
            await queue.get()
    except TimeoutError:
        return False
    for _ in _drain_queue(queue):
        pass
    return True


def _drain_queue(queue: "asyncio.Queue[bytes | None]") -> Iterator[bytes | None]:
    while not queue.empty():
        yield queue.get_nowait()


async def _wait_for_event(event: asyncio.Event, *, within_seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(within_seconds):
            await event.wait()
    return event.is_set()


def _log_disconnected(error: Exception) -> None:
    """Log the first failure of an outage only; the connection is retried every second."""
    logger.warning(
        "signals disconnected",
        **{
            "event.action": "signals-disconnected",
            "event.outcome": "failure",
            "error.type": type(error).__name__,
        },
    )
