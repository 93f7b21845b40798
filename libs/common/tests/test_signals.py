"""A signal reaches all listeners after the commit, and a stream of signals ends when it should."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from threading import Event

import httpx
import pytest
from litestar import get
from litestar.channels import ChannelsPlugin
from litestar.channels.subscriber import Subscriber
from litestar.di import NamedDependency
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from sqlalchemy.ext.asyncio import AsyncSession

from launcher.temporary import TemporaryCluster
from libs.common.tests.lonely_database import LonelyDatabase, lonely_database
from tests.fixtures.cast import KEY
from tests.fixtures.network import BrokenNetwork
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tests.fixtures.waiting import until, until_asked
from transcendence_common import signals
from transcendence_common.app import create_app
from transcendence_common.settings import Settings
from transcendence_common.signals import (
    channels_plugin,
    close_after_answer,
    notify,
    run_in_own_task,
    stream_signals,
)

SERVICE = "sample"
APPLICATION = "sample-signals"
LONG = 60.0


@pytest.fixture
async def database(postgres: TemporaryCluster) -> AsyncGenerator[LonelyDatabase, None]:
    async with lonely_database(postgres) as database:
        yield database


@pytest.fixture
async def channels(database: LonelyDatabase) -> AsyncGenerator[ChannelsPlugin, None]:
    async with channels_plugin(database.url, service=SERVICE) as plugin:
        yield plugin


async def test_a_signal_is_sent_after_the_commit_and_not_before(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    async with heard(channels, "alice") as alices, heard(channels, "bob") as bobs:
        async with database.transaction() as session:
            await notify(session, ["alice"])
            await signal(database, "bob")
            await until(lambda: bobs.signals == 1)
            assert alices.signals == 0
        await until(lambda: alices.signals == 1)


async def test_a_rolled_back_signal_is_never_sent(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    async with heard(channels, "alice") as alices, heard(channels, "bob") as bobs:
        async with AsyncSession(database.engine) as session:
            await notify(session, ["alice"])
            await session.rollback()
        await signal(database, "bob")
        await until(lambda: bobs.signals == 1)
    assert alices.signals == 0


async def test_all_replicas_receive_a_signal(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    async with (
        channels_plugin(database.url, service=SERVICE) as others,
        heard(channels, "alice") as here,
        heard(others, "alice") as there,
    ):
        await signal(database, "alice")
        await until(lambda: (here.signals, there.signals) == (1, 1))


async def test_the_first_listener_misses_no_signal_after_it_has_subscribed(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    async with AsyncSession(database.engine) as session:
        # The commit alone is faster than opening a connection.
        await notify(session, ["alice"])
        async with heard(channels, "alice") as alices:
            await session.commit()
            await until(lambda: alices.signals == 1)


async def test_a_listener_can_leave_and_subscribe_again(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    async with heard(channels, "bob") as bobs:
        async with heard(channels, "alice"):
            pass
        await signal(database, "alice", "bob")
        await until(lambda: bobs.signals == 1)
        async with heard(channels, "alice") as alices:
            await signal(database, "alice")
            await until(lambda: alices.signals == 1)


async def test_after_an_outage_all_listeners_are_signalled(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    async with heard(channels, "alice") as alices:
        await database.go_away()
        # A new listener does not have to wait meanwhile.
        async with asyncio.timeout(PATIENCE_SECONDS), heard(channels, "bob") as bobs:
            await database.come_back()
            await until(lambda: (alices.signals, bobs.signals) == (1, 1))
            await signal(database, "alice", "bob")
            await until(lambda: (alices.signals, bobs.signals) == (2, 2))


async def test_the_first_listener_during_an_outage_does_not_wait(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    await database.go_away()
    async with asyncio.timeout(PATIENCE_SECONDS), heard(channels, "alice") as alices:
        await database.come_back()
        await until(lambda: alices.signals == 1)


async def test_a_broken_connection_is_replaced(
    database: LonelyDatabase, channels: ChannelsPlugin
) -> None:
    async with heard(channels, "alice") as alices:
        assert await database.cut(APPLICATION) == 1
        await until(lambda: alices.signals == 1)
        await signal(database, "alice")
        await until(lambda: alices.signals == 2)


async def test_a_silently_broken_connection_is_replaced(
    database: LonelyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "PING_SECONDS", 0.5)
    network = BrokenNetwork(database.url)
    async with (
        network.laid(),
        channels_plugin(network.url, service=SERVICE) as channels,
        heard(channels, "alice") as alices,
    ):
        network.swallow()
        # They wait for an answer on the dead connection, and no other task waits for them.
        async with heard(channels, "bob"), heard(channels, "charlie"):
            await until(lambda: alices.signals)
            await signal(database, "alice")
            await until(lambda: alices.signals == 2)


async def test_a_farewell_before_the_end_of_a_connection_is_no_bug(
    database: LonelyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "PING_SECONDS", 0.5)
    network = BrokenNetwork(database.url)
    async with (
        network.laid(),
        channels_plugin(network.url, service=SERVICE) as channels,
        heard(channels, "alice") as alices,
    ):
        network.keep_open()
        assert await database.cut(APPLICATION) == 1
        async with heard(channels, "bob") as bobs:
            await until(lambda: (alices.signals, bobs.signals) == (1, 1))


async def test_the_connection_is_closed_at_the_end(database: LonelyDatabase) -> None:
    async with channels_plugin(database.url, service=SERVICE) as channels, heard(channels, "alice"):
        pass
    await until_asked(lambda: _has_no_listener(database))


async def test_a_stream_begins_with_an_event_and_sends_one_for_each_signal(
    channels: ChannelsPlugin, database: LonelyDatabase
) -> None:
    async with channels.start_subscription("alice") as subscriber:
        told = stream_signals(subscriber, "friends", seconds=LONG)
        first = await next_of(told)
        assert (first.event, first.data) == ("friends", "{}")
        await signal(database, "alice")
        assert (await next_of(told)).event == "friends"
        await told.aclose()


async def test_signals_at_the_same_time_are_one_event(channels: ChannelsPlugin) -> None:
    async with channels.start_subscription("alice") as subscriber:
        told = stream_signals(subscriber, "friends", seconds=0.2)
        await next_of(told)
        for _ in range(5):
            subscriber.put_nowait(b"")
        rest = [message.event async for message in told]
    assert rest == ["friends"]


async def test_a_quiet_stream_sends_signs_of_life(
    channels: ChannelsPlugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "HEARTBEAT_INTERVAL", timedelta(seconds=0.05))
    monkeypatch.setattr(signals, "STOP_CHECK_SECONDS", 0.02)
    async with channels.start_subscription("alice") as subscriber:
        told = stream_signals(subscriber, "friends", seconds=LONG)
        await next_of(told)
        beat = await next_of(told)
        assert (beat.event, beat.data, beat.comment) == (None, None, "still here")
        await told.aclose()


async def test_a_stream_ends_after_its_maximum_duration(channels: ChannelsPlugin) -> None:
    async with channels.start_subscription("alice") as subscriber:
        async with asyncio.timeout(PATIENCE_SECONDS):
            told = [message.event async for message in stream_signals(subscriber, "x", seconds=0.1)]
    assert told == ["x"]


async def test_a_stream_ends_when_the_process_shuts_down(
    channels: ChannelsPlugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The process's own event is never reset.
    stopping = Event()
    monkeypatch.setattr(signals, "STOPPING", stopping)
    async with channels.start_subscription("alice") as subscriber:
        told = stream_signals(subscriber, "friends", seconds=LONG)
        await next_of(told)
        stopping.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert [message async for message in told] == []


async def test_a_stream_is_cleaned_up_when_its_client_leaves(database: LonelyDatabase) -> None:
    cleaned = asyncio.Event()

    @get("/events")
    async def listen(channels: NamedDependency[ChannelsPlugin]) -> ServerSentEvent:
        async def events() -> AsyncGenerator[ServerSentEventMessage, None]:
            async with channels.start_subscription("alice") as subscriber:
                try:
                    async for message in stream_signals(subscriber, "friends", seconds=LONG):
                        yield message
                finally:
                    # It takes time, like a database statement.
                    await asyncio.sleep(0.05)
                    cleaned.set()

        return ServerSentEvent(run_in_own_task(events()))

    app = create_app(
        SERVICE,
        Settings(environment="test"),
        features=[listen],
        keys=KEY,
        plugins=[channels_plugin(database.url, service=SERVICE)],
    )
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        async with client.stream("GET", "/events") as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == "event: friends"
            assert not cleaned.is_set()
        await asyncio.wait_for(cleaned.wait(), PATIENCE_SECONDS)


async def test_clean_up_is_not_cancelled_with_the_reader() -> None:
    begun, cleaned = asyncio.Event(), asyncio.Event()

    async def source() -> AsyncGenerator[int, None]:
        try:
            yield 1
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            cleaned.set()

    async def read() -> None:
        async for _ in run_in_own_task(source()):
            pass

    reading = asyncio.create_task(read())
    await asyncio.wait_for(begun.wait(), PATIENCE_SECONDS)
    reading.cancel()
    await asyncio.wait_for(cleaned.wait(), PATIENCE_SECONDS)
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_an_error_of_the_source_is_raised() -> None:
    async def source() -> AsyncGenerator[int, None]:
        yield 1
        raise ZeroDivisionError

    passed_on = run_in_own_task(source())
    assert await anext(passed_on) == 1
    with pytest.raises(ZeroDivisionError):
        await anext(passed_on)


async def test_a_source_is_read_to_its_end() -> None:
    async def source() -> AsyncGenerator[int, None]:
        for number in range(3):
            yield number

    assert [item async for item in run_in_own_task(source())] == [0, 1, 2]


async def test_a_source_waits_for_a_slow_reader() -> None:
    made: list[int] = []

    async def source() -> AsyncGenerator[int, None]:
        for number in range(1_000):
            made.append(number)
            yield number

    passed_on = run_in_own_task(source())
    assert await anext(passed_on) == 0
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(made) <= 2
    assert [item async for item in passed_on][-1] == 999


async def test_a_stream_without_a_reader_is_closed_after_its_answer() -> None:
    cleaned = asyncio.Event()

    async def source() -> AsyncGenerator[int, None]:
        try:
            for number in range(3):
                yield number
        finally:
            cleaned.set()

    passed_on = run_in_own_task(source())
    assert await anext(passed_on) == 0
    await close_after_answer(passed_on)()
    await asyncio.wait_for(cleaned.wait(), PATIENCE_SECONDS)


class Heard:
    """The number of signals that a subscriber has received."""

    def __init__(self) -> None:
        self.signals = 0

    async def count(self, subscriber: Subscriber) -> None:
        async for _ in subscriber.iter_events():
            self.signals += 1


@asynccontextmanager
async def heard(channels: ChannelsPlugin, channel: str) -> AsyncGenerator[Heard, None]:
    found = Heard()
    async with asyncio.TaskGroup() as group, channels.start_subscription(channel) as subscriber:
        group.create_task(found.count(subscriber))
        yield found


async def signal(database: LonelyDatabase, *names: str) -> None:
    async with database.transaction() as session:
        await notify(session, names)


async def next_of(
    told: AsyncGenerator[ServerSentEventMessage, None],
) -> ServerSentEventMessage:
    return await asyncio.wait_for(anext(told), PATIENCE_SECONDS)


async def _has_no_listener(database: LonelyDatabase) -> bool:
    return not await database.rows(
        "SELECT FROM pg_stat_activity WHERE application_name = $1", APPLICATION
    )
