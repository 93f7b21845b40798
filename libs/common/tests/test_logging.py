import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import get
from litestar.params import FromPath

from tests.fixtures.cast import Person
from tests.fixtures.clients import Serve, client_of
from transcendence_common.app import create_app
from transcendence_common.settings import Settings

GATEWAY_ID = "0123456789abcdef0123456789abcdef"


class LogFile:
    """The file that the application under test writes its lines to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self) -> str:
        return (self.folder / "sample.json").read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    return LogFile(tmp_path)


@pytest.fixture
async def client(serve: Serve, log: LogFile) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with serve(settings=Settings(environment="test", log_dir=log.folder)) as client:
        yield client


async def test_a_request_is_one_line_in_ecs_names(
    log: LogFile, client: httpx.AsyncClient, alice: Person
) -> None:
    await client.get("/notes/7", headers={**alice.headers, "X-Request-ID": GATEWAY_ID})
    (line,) = log.lines()
    assert line.pop("@timestamp")
    event = line.pop("event")
    assert isinstance(event, dict)
    assert event.pop("duration") > 0
    assert event == {
        "action": "request",
        "category": ["web"],
        "outcome": "success",
        "dataset": "sample.log",
    }
    assert line == {
        "message": "request served",
        "log.level": "info",
        "ecs.version": "1.6.0",
        "service": {"name": "sample", "environment": "test"},
        "http": {
            "request": {"id": GATEWAY_ID, "method": "GET"},
            "response": {"status_code": 200},
        },
        "trace": {"id": GATEWAY_ID},
        "url": {"path": "/notes/{note_id}"},
        "user": {"id": str(alice.id)},
    }


async def test_a_refused_token_is_logged_with_its_status(
    log: LogFile, client: httpx.AsyncClient
) -> None:
    await client.get("/me", headers={"Authorization": "Bearer nonsense"})
    (line,) = log.lines()
    assert line["http"]["response"] == {"status_code": 401}
    assert "nonsense" not in log.text()


@pytest.mark.parametrize("sent", ["", "short", GATEWAY_ID.upper(), f'{GATEWAY_ID}"', "x" * 32])
async def test_an_id_that_is_not_the_gateways_is_replaced(
    log: LogFile, client: httpx.AsyncClient, sent: str
) -> None:
    await client.get("/notes/7", headers={"X-Request-ID": sent})
    (line,) = log.lines()
    used = line["trace"]["id"]
    assert used != sent
    assert len(used) == 32


async def test_a_bug_is_logged_once_with_its_stack(log: LogFile, client: httpx.AsyncClient) -> None:
    await client.get("/bug")
    lines = log.lines()
    assert [line["message"] for line in lines] == ["unexpected error", "request served"]
    assert "a secret that only the log may see" in lines[0]["error"]["stack_trace"]


async def test_a_bug_before_the_handler_is_logged_with_its_status(
    tmp_path: Path, log: LogFile, alice: Person
) -> None:
    @get("/")
    async def nothing() -> None: ...

    class BrokenKeys:
        async def find(self, kid: str) -> None:
            raise RuntimeError(kid)

    app = create_app(
        "sample",
        Settings(environment="test", log_dir=tmp_path),
        features=[nothing],
        keys=BrokenKeys(),
    )
    async with client_of(app) as client:
        assert (await client.get("/", headers=alice.headers)).status_code == 500
    statuses = [line["http"]["response"] for line in log.lines() if "response" in line["http"]]
    assert statuses == [{"status_code": 500}]


async def test_a_bug_is_logged_under_the_route_and_not_the_path(
    log: LogFile, serve: Serve, tmp_path: Path
) -> None:
    """A path may carry the name of somebody."""

    @get("/people/{name:str}")
    async def find_person(name: FromPath[str]) -> None:
        raise RuntimeError(name)

    settings = Settings(environment="test", log_dir=tmp_path)
    async with serve([find_person], settings=settings) as client:
        await client.get("/people/charlotte")
    assert {line["url"]["path"] for line in log.lines()} == {"/people/{name}"}


async def test_what_is_not_available_is_a_warning_with_its_reason(
    log: LogFile, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/away")).headers["retry-after"] == "5"
    warning, request = log.lines()
    assert warning["log.level"] == "warning"
    assert warning["error"] == {
        "code": "unavailable",
        "message": "The other service is not answering.",
    }
    assert request["http"]["response"] == {"status_code": 503}


async def test_probes_leave_no_line(log: LogFile, client: httpx.AsyncClient) -> None:
    await client.get("/health/live")
    assert log.text() == ""


def test_standard_output_carries_the_same_lines(tmp_path: Path) -> None:
    program = """
from litestar import Litestar
from transcendence_common.logging import logging_plugin
from transcendence_common.settings import Settings
import logging, structlog
Litestar(plugins=[logging_plugin("sample", Settings(environment="test"))])
structlog.get_logger("sample").info("saved", **{"event.action": "note-save"})
logging.getLogger("uvicorn.error").warning("from a library")
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    ours, theirs = (json.loads(line) for line in done.stdout.splitlines())
    assert ours["event"]["action"] == "note-save"
    assert theirs["message"] == "from a library"
    assert theirs["log"]["logger"] == "uvicorn.error"
    assert theirs["service"]["name"] == "sample"
