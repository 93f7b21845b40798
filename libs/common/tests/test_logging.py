import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from litestar import get
from litestar.params import FromPath

from libs.common.tests.log_of_sample import LogFile
from tests.fixtures.cast import ALICE
from tests.fixtures.clients import Serve, client_of
from tests.fixtures.ecs import faults
from transcendence_common.app import create_app
from transcendence_common.ids import new_id
from transcendence_common.settings import Settings

GATEWAY_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    return LogFile(tmp_path)


@pytest.fixture
async def client(serve: Serve, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with serve(settings=Settings(environment="test", log_dir=tmp_path)) as client:
        yield client


async def test_a_request_is_one_line_with_ecs_fields(
    log: LogFile, client: httpx.AsyncClient
) -> None:
    await client.get("/notes/7", headers={**ALICE.headers, "X-Request-ID": GATEWAY_ID})
    (line,) = log.lines()
    assert faults(line) == []
    assert line.pop("@timestamp")
    event = line.pop("event")
    assert isinstance(event, dict)
    assert event.pop("duration") > 0
    assert event.pop("sequence") > 0
    assert event == {
        "kind": "event",
        "action": "request",
        "category": ["web"],
        "outcome": "success",
        "dataset": "app",
    }
    assert line == {
        "message": "request served",
        "log.level": "info",
        "ecs.version": "9.4.0",
        "host": {"name": socket.gethostname()},
        "process": {"pid": os.getpid()},
        # A service's version is that of its own package; the sample has none.
        "service": {
            "name": "sample",
            "environment": "test",
            "version": version("transcendence-common"),
        },
        "http": {
            "request": {"id": GATEWAY_ID, "method": "GET"},
            "response": {"status_code": 200},
        },
        "trace": {"id": GATEWAY_ID},
        "url": {"path": "/notes/{note_id}"},
        "user": {"id": str(ALICE.id)},
    }


async def test_a_refused_token_is_logged_with_its_status(
    log: LogFile, client: httpx.AsyncClient
) -> None:
    await client.get("/me", headers={"Authorization": "Bearer nonsense"})
    (line,) = log.lines()
    assert line["http"]["response"] == {"status_code": 401}
    assert line["event"]["outcome"] == "failure"
    assert line["error"] == {"code": "not_signed_in"}
    assert "nonsense" not in log.text()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/taken", 409, "seat_taken"),
        ("/away", 503, "unavailable"),
        ("/bug", 500, "internal_error"),
        ("/nowhere", 404, "not_found"),
        ("/notes", 405, "method_not_allowed"),
    ],
)
async def test_each_refused_request_is_logged_with_its_reason(
    log: LogFile, client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    await client.get(path, headers={"X-Request-ID": GATEWAY_ID})
    *_, line = log.lines()
    assert line["event"]["action"] == "request"
    assert line["http"] == {
        "request": {"id": GATEWAY_ID, "method": "GET"},
        "response": {"status_code": status},
    }
    assert line["error"]["code"] == code
    assert line.get("url", {}).get("path") == (None if status in {404, 405} else path)
    assert [faults(each) for each in log.lines()] == [[]] * len(log.lines())


async def test_only_ids_of_the_path_are_logged_by_name(
    log: LogFile, serve: Serve, tmp_path: Path
) -> None:
    @get("/matches/{match_id:uuid}/of/{name:str}/{number:int}")
    async def read(match_id: FromPath[UUID], name: FromPath[str], number: FromPath[int]) -> str:
        return f"{match_id}{name}{number}"

    match_id = new_id()
    settings = Settings(environment="test", log_dir=tmp_path)
    async with serve([read], settings=settings) as client:
        assert (await client.get(f"/matches/{match_id}/of/charlotte/7")).is_success
    [line] = log.lines()
    assert line["labels"] == {"match_id": str(match_id)}
    assert "charlotte" not in log.text()
    assert faults(line) == []


@pytest.mark.parametrize("sent", ["", "short", GATEWAY_ID.upper(), f'{GATEWAY_ID}"', "x" * 32])
async def test_a_request_id_in_another_form_is_replaced(
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
    assert lines[0]["error"]["type"] == "RuntimeError"
    assert faults(lines[0]) == []


async def test_a_bug_before_the_handler_is_logged_with_its_status(
    tmp_path: Path, log: LogFile
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
        assert (await client.get("/", headers=ALICE.headers)).status_code == 500
    statuses = [line["http"]["response"] for line in log.lines() if "response" in line["http"]]
    assert statuses == [{"status_code": 500}]


async def test_a_bug_is_logged_with_the_route_instead_of_the_path(
    log: LogFile, serve: Serve, tmp_path: Path
) -> None:
    """A path may contain a player's name."""

    @get("/people/{name:str}")
    async def find_person(name: FromPath[str]) -> None:
        raise RuntimeError(name)

    settings = Settings(environment="test", log_dir=tmp_path)
    async with serve([find_person], settings=settings) as client:
        await client.get("/people/charlotte")
    assert {line["url"]["path"] for line in log.lines()} == {"/people/{name}"}


async def test_an_outage_is_a_warning_with_its_reason(
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
    assert faults(warning) == []


async def test_probes_are_not_logged(log: LogFile, client: httpx.AsyncClient) -> None:
    await client.get("/health/live")
    assert log.text() == ""


async def test_lines_of_libraries_have_the_same_fields_as_ours(
    log: LogFile, client: httpx.AsyncClient
) -> None:
    await client.get("/notes/7")
    for name in ("uvicorn.error", "litestar", "sqlalchemy.pool", "pgqueuer", "httpx", "asyncio"):
        logging.getLogger(name).warning("from a %s", "library")
    nothing: dict[int, str] = {}
    try:
        nothing[7]
    except KeyError:
        logging.getLogger("pgqueuer").exception("held")
    ours, *theirs, held = log.lines()
    assert [faults(line) for line in (ours, *theirs, held)] == [[]] * 8
    for line in theirs:
        assert line["message"] == "from a library"
        assert line["log.level"] == "warning"
        assert line["service"] == ours["service"]
    assert held["log"]["logger"] == "pgqueuer"
    assert held["error"]["type"] == "KeyError"
    assert held["error"]["stack_trace"].endswith("KeyError: 7")


def test_standard_output_and_the_file_have_the_same_lines(tmp_path: Path) -> None:
    program = """
from litestar import Litestar
from pathlib import Path
from transcendence_common.logging import logging_config
from transcendence_common.settings import Settings
import logging, structlog
settings = Settings(environment="test", log_dir=Path())
Litestar(logging_config=logging_config("sample", settings))
structlog.get_logger("sample").info("saved", **{"event.action": "note-save"})
logging.getLogger("uvicorn.error").warning("from a library")
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert (tmp_path / "sample.json").read_text() == done.stdout
    ours, theirs = (json.loads(line) for line in done.stdout.splitlines())
    assert ours["event"]["action"] == "note-save"
    assert theirs["message"] == "from a library"
    assert theirs["log"]["logger"] == "uvicorn.error"
    assert theirs["service"]["name"] == "sample"
    # A line counts once, however many handlers write it.
    assert (ours["event"]["sequence"], theirs["event"]["sequence"]) == (1, 2)
