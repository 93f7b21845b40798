"""The request IDs in lines of work that outlives its request, or belongs to none."""

import asyncio
from pathlib import Path

import asyncpg
import httpx
import structlog
from litestar import Litestar, get
from pydantic import SecretStr

from launcher.temporary import TemporaryCluster
from libs.common.tests.log_of_sample import LogFile
from tests.fixtures.cast import KEY
from tests.fixtures.clients import client_of
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tests.fixtures.waiting import until
from transcendence_common.app import create_app
from transcendence_common.http_client import service_client
from transcendence_common.periodic import periodic_lifespan
from transcendence_common.request_id import adopt_request_id, current_request_id
from transcendence_common.settings import Settings
from transcendence_common.signals import channels_plugin

GATEWAY_ID = "0123456789abcdef0123456789abcdef"
ANOTHER_ID = "f" * 32


@get("/whose")
async def whose() -> str:
    return current_request_id()


async def test_each_run_of_periodic_work_has_its_own_id_which_is_sent_to_other_services() -> None:
    callee = create_app("sample", Settings(environment="test"), features=[whose], keys=KEY)
    seen: list[tuple[str, str]] = []
    async with served(callee) as url, service_client(url) as client:

        async def ask() -> None:
            seen.append((current_request_id(), (await client.get("/whose")).text))

        async with periodic_lifespan("asking", ask, every_seconds=0.01)(Litestar()):
            # Work that is started beside it has another ID.
            assert current_request_id() == ""
            await until(lambda: len(seen) > 2)
    assert all(here == there for here, there in seen)
    assert len({here for here, _ in seen}) == len(seen)
    assert {len(here) for here, _ in seen} == {32}


async def test_failing_periodic_work_is_logged_as_one_event_with_its_name(
    tmp_path: Path,
) -> None:
    async def fail() -> None:
        raise OSError("the disk is on fire")

    app = create_app(
        "sample",
        Settings(environment="test", log_dir=tmp_path),
        features=[],
        keys=KEY,
        lifespan=[periodic_lifespan("matches-kept", fail, every_seconds=60)],
    )
    async with client_of(app):
        pass
    [line] = LogFile(tmp_path).lines()
    assert line["event"]["action"] == "periodic-work"
    assert line["labels"] == {"work": "matches-kept"}
    assert line["error"] == {"type": "OSError", "message": "the disk is on fire"}
    assert len(line["http"]["request"]["id"]) == 32


async def test_a_shared_listener_does_not_log_the_id_of_the_request_that_started_it(
    postgres: TemporaryCluster, tmp_path: Path
) -> None:
    url = SecretStr(postgres.cluster.url().replace("://", "+asyncpg://", 1))
    channels = channels_plugin(url, service="sample")
    app = create_app(
        "sample",
        Settings(environment="test", log_dir=tmp_path),
        features=[],
        keys=KEY,
        plugins=[channels],
    )

    async def subscribe() -> None:
        adopt_request_id(GATEWAY_ID)
        await channels.subscribe(["news"])

    async with client_of(app):
        await asyncio.create_task(subscribe())
        admin = await asyncpg.connect(postgres.cluster.url())
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'sample-signals'"
        )
        await admin.close()
        await until(lambda: LogFile(tmp_path).text())
    [line] = LogFile(tmp_path).lines()
    assert line["event"]["action"] == "signals-disconnected"
    assert "http" not in line


async def test_requests_on_one_connection_keep_their_ids(tmp_path: Path) -> None:
    """This includes what each of them does after its answer."""

    async def later() -> None:
        structlog.get_logger("sample").info("done later")

    tasks: set[asyncio.Task[None]] = set()

    @get("/begin")
    async def begin() -> str:
        tasks.add(asyncio.create_task(later()))
        return current_request_id()

    settings = Settings(environment="test", log_dir=tmp_path)
    app = create_app("sample", settings, features=[begin], keys=KEY)
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        for sent in (GATEWAY_ID, ANOTHER_ID):
            answer = await client.get("/begin", headers={"X-Request-ID": sent})
            assert answer.text == sent
        unmarked = (await client.get("/begin")).text
        await asyncio.wait(tasks)
    ids = [
        line["trace"]["id"] for line in LogFile(tmp_path).lines() if line["message"] == "done later"
    ]
    assert ids == [GATEWAY_ID, ANOTHER_ID, unmarked]
