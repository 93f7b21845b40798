"""Items entered with a change are delivered after its commit, with retries."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from sqlalchemy.ext.asyncio import AsyncSession

from launcher.temporary import TemporaryCluster
from libs.common.tests.running_outbox import (
    HURRIED,
    SERVICE,
    Receiver,
    RunningOutbox,
    deliveries,
    running_outbox,
)
from tests.fixtures.cast import KEY, SigningKey
from tests.fixtures.clients import client_of
from tests.fixtures.ecs import faults
from tests.fixtures.waiting import until, until_asked
from transcendence_common import outbox
from transcendence_common.app import create_app
from transcendence_common.outbox import (
    DeliveryRoute,
    OutboxPace,
    OutboxWorker,
    PermanentFailure,
    TemporaryFailure,
)
from transcendence_common.request_id import adopt_request_id, current_request_id
from transcendence_common.settings import Settings

REQUEST = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def office(postgres: TemporaryCluster) -> AsyncGenerator[RunningOutbox, None]:
    async with running_outbox(postgres) as office:
        yield office


async def test_items_of_a_rolled_back_transaction_are_not_delivered(office: RunningOutbox) -> None:
    receiver = Receiver()
    async with office.worker({"mail": DeliveryRoute(receiver.take)}):
        async with AsyncSession(office.database.engine) as session:
            await outbox.enqueue_message(session, "mail", b"never")
            await session.rollback()
        await office.put("mail", b"later")
        await until(lambda: receiver.got)
    assert receiver.got == [b"later"]


async def test_an_item_is_delivered_after_the_commit_and_not_before(office: RunningOutbox) -> None:
    receiver = Receiver()
    async with office.worker({"mail": DeliveryRoute(receiver.take)}):
        async with office.database.transaction() as session:
            await outbox.enqueue_message(session, "mail", b"first")
            await office.put("mail", b"second")
            await until(lambda: receiver.got)
            assert receiver.got == [b"second"]
        await until(lambda: receiver.got == [b"second", b"first"])
        await until_asked(office.is_empty)


async def test_items_entered_without_a_worker_are_delivered_later(office: RunningOutbox) -> None:
    receiver = Receiver()
    await office.put("mail", b"before")
    async with office.worker({"mail": DeliveryRoute(receiver.take)}):
        await until(lambda: receiver.got == [b"before"])


async def test_a_lost_notification_costs_only_one_polling_interval(office: RunningOutbox) -> None:
    receiver = Receiver()
    await office.database.execute("ALTER TABLE pgqueuer DISABLE TRIGGER ALL")
    looking = OutboxPace(poll=timedelta(milliseconds=100))
    async with office.worker({"mail": DeliveryRoute(receiver.take)}, looking):
        await office.put("mail", b"first")
        await until(lambda: receiver.got)
        await office.put("mail", b"second")
        await until(lambda: receiver.got == [b"first", b"second"])


async def test_several_workers_deliver_each_item_once(office: RunningOutbox) -> None:
    bodies = [b"%d" % number for number in range(60)]
    delivered: list[bytes] = []
    workers = ("first", "second", "third")
    busy, all_busy = set(), asyncio.Event()

    def taking(worker: str) -> DeliveryRoute:
        async def take(body: bytes) -> None:
            # Each worker takes ten at most, so no worker can take all.
            busy.add(worker)
            if len(busy) == len(workers):
                all_busy.set()
            await all_busy.wait()
            delivered.append(body)

        return DeliveryRoute(take)

    async with AsyncExitStack() as working:
        for worker in workers:
            await working.enter_async_context(office.worker({"mail": taking(worker)}))
        await office.put("mail", *bodies)
        await until_asked(office.is_empty)
    assert Counter(delivered) == Counter(bodies)


async def test_the_parallelism_of_a_topic_is_limited_over_all_workers(
    office: RunningOutbox,
) -> None:
    under_way, most = 0, 0

    async def take(_: bytes) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.05)
        under_way -= 1

    routes = {"mail": DeliveryRoute(take, at_once=2)}
    async with office.worker(routes), office.worker(routes):
        await office.put("mail", *[b"x"] * 8)
        await until_asked(office.is_empty)
    assert most == 2


async def test_a_temporary_failure_is_retried_at_growing_intervals(
    office: RunningOutbox,
) -> None:
    loop, tried = asyncio.get_running_loop(), []

    async def be_busy(_: bytes) -> None:
        tried.append(loop.time())
        if len(tried) <= 4:
            raise TemporaryFailure("busy")

    pace = OutboxPace(first_retry=timedelta(seconds=0.15), longest_retry=timedelta(seconds=0.5))
    async with office.worker({"mail": DeliveryRoute(be_busy)}, pace):
        await office.put("mail", b"x")
        await until_asked(office.is_empty)
    waited = [later - earlier for earlier, later in pairwise(tried)]
    assert len(waited) == 4
    assert [wait >= least for wait, least in zip(waited, (0.15, 0.3, 0.5, 0.5), strict=True)] == (
        [True] * 4
    )


async def test_a_slow_attempt_does_not_delay_its_retry(
    office: RunningOutbox,
) -> None:
    tried: list[bytes] = []

    async def be_slow_and_busy(body: bytes) -> None:
        tried.append(body)
        await asyncio.sleep(0.3)
        if len(tried) == 1:
            raise TemporaryFailure("busy")

    async with office.worker({"mail": DeliveryRoute(be_slow_and_busy)}):
        await office.put("mail", b"x")
        await until_asked(office.is_empty)
    assert tried == [b"x", b"x"]


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 2), (8, 256), (9, 300), (1_000_000, 300)]
)
def test_the_delay_doubles_up_to_five_minutes(attempts: int, seconds: int) -> None:
    assert OutboxPace().delay_after(attempts) == timedelta(seconds=seconds)


async def test_an_item_that_fails_for_too_long_is_given_up(office: RunningOutbox) -> None:
    tries = 0

    async def be_busy(_: bytes) -> None:
        nonlocal tries
        tries += 1
        raise TemporaryFailure("busy")

    async with office.worker(
        {"give-up": DeliveryRoute(be_busy, give_up_after=timedelta(seconds=0.3))},
    ):
        await office.put("give-up", b"x")
        await until_asked(office.is_empty)
    # On a slow machine the first attempt may come too late for a second one.
    assert deliveries("give-up", "postponed") == tries - 1
    assert deliveries("give-up", "given_up") == 1


async def test_a_permanent_failure_ends_at_once_with_its_reason(
    office: RunningOutbox, tmp_path: Path
) -> None:
    tried: list[bytes] = []

    async def refuse(body: bytes) -> None:
        tried.append(body)
        raise PermanentFailure("no account has this name")

    async with _app(office, {"refused": DeliveryRoute(refuse)}, KEY, tmp_path):
        await asyncio.create_task(_put_under(REQUEST, office, "refused"))
        await until(lambda: _lines(tmp_path))
        await until_asked(office.is_empty)
    assert tried == [b"x"]
    assert deliveries("refused", "given_up") == 1
    [line] = _lines(tmp_path)
    assert line["log.level"] == "warning"
    assert line["error"] == {"type": "PermanentFailure", "message": "no account has this name"}
    assert line["labels"] == {"topic": "refused", "result": "given_up"}
    assert line["transcendence"] == {"attempt": 1}
    assert faults(line) == []
    assert line["http"]["request"]["id"] == REQUEST


async def test_an_unexpected_error_holds_the_item_for_an_operator(
    office: RunningOutbox, tmp_path: Path
) -> None:
    receiver, mended = Receiver(), asyncio.Event()

    async def stumble(body: bytes) -> None:
        if body == b"odd" and not mended.is_set():
            raise ZeroDivisionError
        await receiver.take(body)

    async with _app(office, {"stumbles": DeliveryRoute(stumble)}, KEY, tmp_path):
        await office.put("stumbles", b"odd")
        await until_asked(lambda: _is_held(office, b"odd"))
        await office.put("stumbles", b"even")
        await until(lambda: receiver.got == [b"even"])
        assert deliveries("stumbles", "held") == 1
        [held, *_] = _lines(tmp_path)
        assert (held["log.level"], held["labels"]["result"]) == ("error", "held")
        assert held["error"] == {"type": "ZeroDivisionError"}
        assert "Traceback" in (tmp_path / f"{SERVICE}.json").read_text()

        mended.set()
        await _put_back_all_held(office)
        # There is no notification of this, but workers look whenever something is entered.
        await office.put("stumbles", b"even")
        await until(lambda: sorted(receiver.got) == [b"even", b"even", b"odd"])
        await until_asked(office.is_empty)


async def test_an_item_carries_the_request_id(office: RunningOutbox) -> None:
    seen: list[str] = []

    async def note(_: bytes) -> None:
        seen.append(current_request_id())

    async with office.worker({"mail": DeliveryRoute(note)}):
        await asyncio.create_task(_put_under(REQUEST, office, "mail"))
        await until(lambda: len(seen) == 1)
        await asyncio.create_task(_put_under("", office, "mail"))
        await until(lambda: len(seen) == 2)
    assert seen == [REQUEST, ""]


async def test_topics_of_a_newer_version_are_left_to_it(office: RunningOutbox) -> None:
    receiver = Receiver()
    async with office.worker({"mail": DeliveryRoute(receiver.take)}):
        await office.put("post", b"new")
        await office.put("mail", b"old")
        await until(lambda: receiver.got == [b"old"])
        await until_asked(lambda: _are(office, [(b"new", "queued", 0)]))
    async with office.worker(
        {"mail": DeliveryRoute(receiver.take), "post": DeliveryRoute(receiver.take)}
    ):
        await until(lambda: receiver.got == [b"old", b"new"])


async def test_each_attempt_is_counted_by_its_result(office: RunningOutbox) -> None:
    tries = iter(
        [
            TemporaryFailure("busy"),
            TemporaryFailure("busy"),
            None,
            PermanentFailure("no"),
            ZeroDivisionError(),
        ]
    )

    async def end(_: bytes) -> None:
        if (error := next(tries)) is not None:
            raise error

    async with office.worker({"counted": DeliveryRoute(end, at_once=1)}):
        await office.put("counted", *[b"x"] * 3)
        await until_asked(lambda: _is_held(office, b"x"))
    results = ("postponed", "delivered", "given_up", "held")
    assert [deliveries("counted", result) for result in results] == [2, 1, 1, 1]


async def test_the_queues_log_is_kept_for_a_week(office: RunningOutbox) -> None:
    await office.database.execute(
        "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint)"
        " SELECT now() - age * interval '1 day', 1, 'successful', 0, 'mail'"
        " FROM (SELECT 8 AS age FROM generate_series(1, 10010) UNION ALL SELECT 6) ages"
    )

    async def is_swept() -> bool:
        rows = await office.database.rows("SELECT now() - created AS age FROM pgqueuer_log")
        return [row["age"].days for row in rows] == [6]

    async with office.worker({"mail": DeliveryRoute(Receiver().take)}):
        await until_asked(is_swept)


async def _put_under(request_id: str, office: RunningOutbox, topic: str) -> None:
    """Enter an item in a separate task, so that no other test inherits its request."""
    adopt_request_id(request_id)
    await office.put(topic, b"x")


async def _are(office: RunningOutbox, expected: list[tuple[bytes, str, int]]) -> bool:
    return await office.queued() == expected


async def _is_held(office: RunningOutbox, body: bytes) -> bool:
    return [(held, status) for held, status, _ in await office.queued()] == [(body, "failed")]


async def _put_back_all_held(office: RunningOutbox) -> None:
    """Requeue held items, as an operator does with pgqueuer's own tools."""
    async with office.database.connected() as connection:
        queries = Queries(AsyncpgDriver(connection))
        await queries.requeue_jobs([job.id for job in await queries.list_failed_jobs(limit=10)])


def _app(
    office: RunningOutbox, routes: dict[str, DeliveryRoute], keys: SigningKey, log_dir: Path
) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """Run a complete service, for its log."""
    worker = OutboxWorker(office.database.url, routes, service=SERVICE, pace=HURRIED)
    settings = Settings(environment="test", log_dir=log_dir)
    return client_of(
        create_app(SERVICE, settings, features=[], keys=keys, lifespan=[worker.lifespan])
    )


def _lines(log_dir: Path) -> list[dict[str, Any]]:
    """Return the lines about deliveries."""
    lines = map(json.loads, (log_dir / f"{SERVICE}.json").read_text().splitlines())
    return [line for line in lines if line["event"].get("action") == "outbox-delivery"]
