"""Metrics of the backlog: waiting items, their age, and held items;
unknown values are not shown."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from math import isnan

import msgspec
import pytest
from prometheus_client import REGISTRY

from launcher.temporary import TemporaryCluster
from libs.common.tests.running_outbox import (
    HURRIED,
    Receiver,
    RunningOutbox,
    deliveries,
    is_ready,
    running_outbox,
)
from tests.fixtures.waiting import until, until_asked
from transcendence_common.outbox import DeliveryRoute, TemporaryFailure

# Items of a worker that lost its database are taken over once they are stale, at the next poll.
LOOKING = msgspec.structs.replace(
    HURRIED,
    measure_every=timedelta(milliseconds=50),
    stale=timedelta(seconds=1),
    poll=timedelta(milliseconds=100),
)
WAITING = "outbox_waiting_jobs"
OLDEST = "outbox_oldest_waiting_seconds"
HELD = "outbox_held_jobs"
AN_HOUR = 3600
NOTHING = (0, 0, 0)


@pytest.fixture
async def office(postgres: TemporaryCluster) -> AsyncGenerator[RunningOutbox, None]:
    async with running_outbox(postgres) as office:
        yield office


async def test_every_topic_has_metrics_even_without_items(office: RunningOutbox) -> None:
    routes = {"mail": DeliveryRoute(Receiver().take), "post": DeliveryRoute(Receiver().take)}
    async with office.worker(routes, LOOKING):
        for topic in routes:
            await until(lambda: line(topic) == NOTHING)  # noqa: B023 - waited for
            for result in ("delivered", "postponed", "given_up", "held"):
                labels = {"topic": topic, "result": result}
                assert REGISTRY.get_sample_value("outbox_deliveries_total", labels) is not None


async def test_an_item_counts_as_waiting_until_it_is_delivered(office: RunningOutbox) -> None:
    receiver = Receiver()
    async with office.worker({"mail": DeliveryRoute(receiver.take_when_told, at_once=1)}, LOOKING):
        await office.put("mail", b"x", b"y", b"z")
        await until(lambda: receiver.begun == 1)
        await until(lambda: shown(WAITING, "mail") == 3)
        receiver.may_end.set()
        await until(lambda: line("mail") == NOTHING)


async def test_the_age_of_a_retried_item_counts_from_its_entry(office: RunningOutbox) -> None:
    receiver = Receiver()
    before = deliveries("mail", "postponed")

    async def be_busy(body: bytes) -> None:
        await receiver.take(body)
        raise TemporaryFailure("busy")

    await office.put("mail", b"x")
    await office.database.execute("UPDATE pgqueuer SET created = created - interval '1 hour'")
    async with office.worker({"mail": DeliveryRoute(be_busy)}, LOOKING):
        await until(lambda: deliveries("mail", "postponed") >= before + 2)
        await until(lambda: shown(WAITING, "mail") == 1)
        await until(lambda: shown(OLDEST, "mail") >= AN_HOUR)


async def test_a_held_item_does_not_count_as_waiting(office: RunningOutbox) -> None:
    async def fall_over(_: bytes) -> None:
        raise ZeroDivisionError

    await office.put("mail", b"x")
    async with office.worker({"mail": DeliveryRoute(fall_over)}, LOOKING):
        await until(lambda: line("mail") == (0, 0, 1))


async def test_items_of_an_unknown_topic_count_as_waiting(office: RunningOutbox) -> None:
    await office.put("renamed", b"x")
    async with office.worker({"mail": DeliveryRoute(Receiver().take)}, LOOKING):
        await until(lambda: REGISTRY.get_sample_value(WAITING, {"topic": "renamed"}) == 1)
        await until(lambda: line("mail") == NOTHING)


async def test_counts_are_unknown_and_ages_grow_while_the_database_is_unavailable(
    office: RunningOutbox,
) -> None:
    receiver = Receiver()
    routes = {"mail": DeliveryRoute(receiver.take_when_told), "idle": DeliveryRoute(receiver.take)}
    await office.put("mail", b"x")
    await office.database.execute("UPDATE pgqueuer SET created = created - interval '1 hour'")
    async with office.worker(routes, LOOKING) as worker:
        await until_asked(lambda: is_ready(worker))
        await until(lambda: shown(OLDEST, "mail") >= AN_HOUR)
        await office.database.go_away()
        await until(lambda: isnan(shown(WAITING, "mail")) and isnan(shown(HELD, "idle")))
        for topic, least in (("mail", AN_HOUR), ("idle", 0)):
            age = shown(OLDEST, topic)
            assert age > least
            await until(lambda: shown(OLDEST, topic) > age)  # noqa: B023 - waited for
        await office.database.come_back()
        receiver.may_end.set()
        for topic in routes:
            await until(lambda: line(topic) == NOTHING)  # noqa: B023 - waited for


async def test_an_outbox_that_was_never_reached_does_not_look_empty(office: RunningOutbox) -> None:
    await office.database.go_away()
    async with office.worker({"mail": DeliveryRoute(Receiver().take)}, LOOKING):
        await until(lambda: shown(OLDEST, "mail") > 0)
        assert isnan(shown(WAITING, "mail"))
    await office.database.come_back()


async def test_a_stopped_worker_has_no_metrics(office: RunningOutbox) -> None:
    async with office.worker({"mail": DeliveryRoute(Receiver().take)}, LOOKING):
        await until(lambda: shown(WAITING, "mail") == 0)
    assert REGISTRY.get_sample_value(WAITING, {"topic": "mail"}) is None


def line(topic: str) -> tuple[float, float, float]:
    """Return the number of waiting items, the age of the oldest, and the number of held ones."""
    return shown(WAITING, topic), shown(OLDEST, topic), shown(HELD, topic)


def shown(metric: str, topic: str) -> float:
    value = REGISTRY.get_sample_value(metric, {"topic": topic})
    assert value is not None
    return value
