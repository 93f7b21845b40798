"""No entered item is forgotten, even if a worker is killed or stopped, or its
database becomes unavailable."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar

from launcher.temporary import TemporaryCluster
from libs.common.tests.running_outbox import (
    APPLICATION,
    HURRIED,
    SERVICE,
    Receiver,
    RunningOutbox,
    is_ready,
    running_outbox,
)
from tests.fixtures.cast import KEY
from tests.fixtures.clients import client_of
from tests.fixtures.network import BrokenNetwork
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.waiting import until, until_asked
from transcendence_common import outbox
from transcendence_common.app import create_app
from transcendence_common.outbox import DeliveryRoute, OutboxWorker, TemporaryFailure
from transcendence_common.settings import Settings

pytestmark = pytest.mark.thorough

STALE_SECONDS = 1.5
WORKER = """
import asyncio
import sys
from datetime import timedelta
from litestar import Litestar
from pydantic import SecretStr
from transcendence_common.outbox import DeliveryRoute, OutboxPace, OutboxWorker

async def never_end(body: bytes) -> None:
    print("begun", flush=True)
    await asyncio.Event().wait()

async def work() -> None:
    worker = OutboxWorker(
        SecretStr(sys.argv[1]),
        {"mail": DeliveryRoute(never_end, at_once=1)},
        service="victim",
        pace=OutboxPace(stale=timedelta(seconds=float(sys.argv[2]))),
    )
    async with worker.lifespan(Litestar()):
        await asyncio.Event().wait()

asyncio.run(work())
"""

OFTEN = msgspec.structs.replace(HURRIED, poll=timedelta(seconds=0.2))
SOON_STALE = msgspec.structs.replace(OFTEN, stale=timedelta(seconds=STALE_SECONDS))


@pytest.fixture
async def office(postgres: TemporaryCluster) -> AsyncGenerator[RunningOutbox, None]:
    async with running_outbox(postgres) as office:
        yield office


async def test_another_worker_takes_over_from_a_killed_one(office: RunningOutbox) -> None:
    receiver = Receiver()
    await office.put("mail", b"x", b"y")
    async with (
        _process(office) as victim,
        office.worker({"mail": DeliveryRoute(receiver.take, at_once=1)}, SOON_STALE),
    ):
        await until_asked(lambda: _is_held_for_longer_than_stale(office))
        assert receiver.got == []
        victim.kill()
        await victim.wait()
        await until(lambda: sorted(receiver.got) == [b"x", b"y"])
        await until_asked(office.is_empty)


async def test_a_running_delivery_is_finished_before_the_service_stops(
    office: RunningOutbox,
) -> None:
    receiver, stopping = Receiver(), asyncio.Event()

    async def work() -> None:
        async with office.worker({"mail": DeliveryRoute(receiver.take_when_told)}):
            await stopping.wait()

    work_of_one = asyncio.create_task(work())
    await office.put("mail", b"x")
    await until(lambda: receiver.begun)
    stopping.set()
    stopped, _ = await asyncio.wait({work_of_one}, timeout=0.3)
    assert not stopped
    receiver.may_end.set()
    await asyncio.wait_for(work_of_one, PATIENCE_SECONDS)
    assert receiver.got == [b"x"]
    assert await office.is_empty()


async def test_a_delivery_that_is_too_slow_for_the_stop_is_repeated(
    office: RunningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "STOP_TIMEOUT_SECONDS", 0.1)
    slow, receiver = Receiver(), Receiver()
    async with office.worker({"mail": DeliveryRoute(slow.take_when_told)}):
        await office.put("mail", b"x")
        await until(lambda: slow.begun)
    assert await office.queued() == [(b"x", "queued", 1)]
    async with office.worker({"mail": DeliveryRoute(receiver.take)}):
        await until(lambda: receiver.got == [b"x"])
        await until_asked(office.is_empty)
    assert slow.got == []


async def test_the_service_is_not_ready_until_the_database_is_back(office: RunningOutbox) -> None:
    receiver = Receiver()
    async with office.worker({"mail": DeliveryRoute(receiver.take)}) as worker:
        await until_asked(lambda: is_ready(worker))
        await office.database.go_away()
        await until_asked(lambda: _is_away(worker))
        await office.database.come_back()
        await until_asked(lambda: is_ready(worker))
        await office.put("mail", b"x")
        await until(lambda: receiver.got == [b"x"])


async def test_the_worker_can_be_stopped_while_the_database_is_unavailable(
    office: RunningOutbox,
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with office.worker({"mail": DeliveryRoute(Receiver().take)}) as worker:
            await until_asked(lambda: is_ready(worker))
            await office.database.go_away()
            await until_asked(lambda: _is_away(worker))
    await office.database.come_back()


async def test_readiness_does_not_wait_for_a_running_delivery(office: RunningOutbox) -> None:
    receiver = Receiver()
    async with office.worker(
        {"mail": DeliveryRoute(receiver.take_when_told)}, SOON_STALE
    ) as worker:
        await office.put("mail", b"x")
        await until(lambda: receiver.begun)
        assert await office.database.cut(APPLICATION) == 1
        await until_asked(lambda: _is_away(worker))
        assert receiver.got == []
        receiver.may_end.set()
        await until_asked(lambda: is_ready(worker))
        # The delivery could not be recorded, so the receiver gets it twice.
        await until(lambda: receiver.got == [b"x", b"x"])
        await until_asked(office.is_empty)


async def test_an_item_postponed_while_the_database_hung_is_not_held(
    office: RunningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "QUEUE_ANSWER_TIMEOUT_SECONDS", 0.3)
    receiver = Receiver()

    async def be_busy_once(body: bytes) -> None:
        await receiver.take_when_told(body)
        if receiver.begun == 1:
            raise TemporaryFailure("busy")

    routes = {"mail": DeliveryRoute(be_busy_once)}
    async with office.worker(routes):
        await office.put("mail", b"x")
        await until(lambda: receiver.begun)
        await until_asked(lambda: _is_quiet(office))
        async with office.database.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("LOCK TABLE pgqueuer")
            receiver.may_end.set()
            await until_asked(lambda: _waits_to_put_it_back(office))
            await until_asked(lambda: _has_stopped_waiting(office))
        async with office.worker(routes, SOON_STALE):
            await until(lambda: receiver.got == [b"x", b"x"])
            await until_asked(office.is_empty)


async def test_a_silently_broken_connection_is_replaced(
    office: RunningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "QUEUE_ANSWER_TIMEOUT_SECONDS", 0.5)
    receiver, network = Receiver(), BrokenNetwork(office.database.url)
    async with network.laid():
        worker = OutboxWorker(
            network.url, {"mail": DeliveryRoute(receiver.take)}, service=SERVICE, pace=OFTEN
        )
        async with worker.lifespan(Litestar()):
            await until_asked(lambda: is_ready(worker))
            network.swallow()
            await office.put("mail", b"x")
            await until(lambda: receiver.got == [b"x"])
            await until_asked(lambda: is_ready(worker))


async def test_a_farewell_before_the_end_of_a_connection_is_no_bug(
    office: RunningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "QUEUE_ANSWER_TIMEOUT_SECONDS", 0.5)
    receiver, network = Receiver(), BrokenNetwork(office.database.url)
    async with network.laid():
        worker = OutboxWorker(
            network.url, {"mail": DeliveryRoute(receiver.take)}, service=SERVICE, pace=OFTEN
        )
        async with worker.lifespan(Litestar()):
            await until_asked(lambda: is_ready(worker))
            network.keep_open()
            assert await office.database.cut(APPLICATION) == 1
            await office.put("mail", b"x")
            await until(lambda: receiver.got == [b"x"])


async def test_an_outage_is_logged_once_however_often_it_is_retried(
    office: RunningOutbox, tmp_path: Path
) -> None:
    worker = OutboxWorker(
        office.database.url, {"mail": DeliveryRoute(Receiver().take)}, service=SERVICE, pace=HURRIED
    )
    app = create_app(
        SERVICE,
        Settings(environment="test", log_dir=tmp_path),
        features=[],
        keys=KEY,
        lifespan=[worker.lifespan],
        checks={"outbox": worker.check_ready},
    )
    async with client_of(app) as client:
        for outages in (1, 2):
            await until_asked(lambda: is_ready(worker))
            await office.database.execute("ALTER TABLE pgqueuer RENAME TO away")
            before = await office.database.connections_so_far()
            await office.database.cut(APPLICATION)
            await until_asked(lambda: _has_retried_often(office, before))  # noqa: B023 - waited for
            ready = await client.get("/health/ready")
            assert (ready.status_code, ready.json()["failing"]) == (503, ["outbox"])
            assert _outages(tmp_path) == outages
            await office.database.execute("ALTER TABLE away RENAME TO pgqueuer")


@asynccontextmanager
async def _process(office: RunningOutbox) -> AsyncGenerator[Process, None]:
    """Run a worker in a separate process, in the middle of a delivery."""
    url = office.database.url.get_secret_value()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKER, url, str(STALE_SECONDS)), stdout=PIPE
    )
    try:
        assert process.stdout is not None
        begun = await asyncio.wait_for(process.stdout.readline(), PATIENCE_SECONDS)
        assert begun == b"begun\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _is_away(worker: OutboxWorker) -> bool:
    return not await is_ready(worker)


async def _is_held_for_longer_than_stale(office: RunningOutbox) -> bool:
    """Return whether the item's last sign of life shows that its worker has
    outlived the stale timeout."""
    [row] = await office.database.rows(
        "SELECT max(heartbeat - updated) AS time FROM pgqueuer WHERE status = 'picked'"
    )
    return row["time"] is not None and row["time"] > timedelta(seconds=STALE_SECONDS)


async def _is_quiet(office: RunningOutbox) -> bool:
    """Return whether the worker has sent all statements that begin a delivery."""
    return await _is_seen(office, "state = 'idle' AND now() - state_change > '0.2 s'")


async def _waits_to_put_it_back(office: RunningOutbox) -> bool:
    return await _is_seen(office, "wait_event_type = 'Lock' AND query LIKE 'WITH retry%'")


async def _has_stopped_waiting(office: RunningOutbox) -> bool:
    return not await _waits_to_put_it_back(office)


async def _is_seen(office: RunningOutbox, condition: str) -> bool:
    found = await office.database.rows(
        f"SELECT FROM pg_stat_activity WHERE application_name = $1 AND {condition}",
        APPLICATION,
    )
    return bool(found)


async def _has_retried_often(office: RunningOutbox, before: int) -> bool:
    return await office.database.connections_so_far() >= before + 4


def _outages(log_dir: Path) -> int:
    lines = map(json.loads, (log_dir / f"{SERVICE}.json").read_text().splitlines())
    return [line["event"].get("action") for line in lines].count("outbox-disconnected")
