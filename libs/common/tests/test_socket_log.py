"""Each WebSocket is logged in one line: its player, duration and end, or why it was refused."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketException
from litestar.params import FromPath
from litestar.testing import TestClient
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from libs.common.tests.log_of_sample import LogFile
from tests.fixtures.cast import ALICE, KEY, Person, SigningKey
from tests.fixtures.ecs import faults
from tests.fixtures.sockets import served
from tests.fixtures.waiting import until
from transcendence_common.app import create_app
from transcendence_common.identity import Player
from transcendence_common.problems import Conflict
from transcendence_common.settings import Settings

Socket = WebSocket[Player | None, str | None, State]
GATEWAY_ID = "0123456789abcdef0123456789abcdef"
MATCH_ID = UUID("019a9a3c-8a52-7c1e-9a3d-0f5c8f2b6c11")
MATCH = f"/matches/{MATCH_ID}"


class MatchOver(Conflict):
    """A conflict with its own code."""

    code = "match_over"


@websocket("/matches/{match_id:uuid}")
async def play(socket: Socket, player: NamedDependency[Player], match_id: FromPath[UUID]) -> None:
    """Do what the client asks for."""
    await socket.accept()
    while (said := await socket.receive_text()) != "close":
        if said == "problem":
            raise MatchOver("The match is over.")
        if said == "bug":
            raise RuntimeError("a bug")
        if said == "raise":
            raise WebSocketException(code=4005, detail="moved")
        await asyncio.create_task(work(player, match_id))
        await socket.send_text("done")
    await socket.close(4004, "taken over")


@websocket("/over")
async def refuse(socket: Socket) -> None:  # noqa: ARG001 - Litestar requires it
    raise MatchOver("The match is over.")


async def work(player: Player, match_id: UUID) -> None:
    """Log a line in a separate task, started by a connection."""
    structlog.get_logger("sample").info(
        "worked", **{"user.id": str(player.id), "labels.match_id": str(match_id)}
    )


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    return LogFile(tmp_path)


@pytest.fixture
async def address(tmp_path: Path, signing_key: SigningKey) -> AsyncGenerator[str, None]:
    settings = Settings(environment="test", log_dir=tmp_path)
    app = create_app("sample", settings, features=[play, refuse], keys=signing_key)
    async with served(app) as url:
        yield url.replace("http", "ws", 1)


def sockets(log: LogFile) -> list[dict[str, Any]]:
    return [line for line in log.lines() if line.get("event", {}).get("action") == "socket"]


async def the_line(log: LogFile) -> dict[str, Any]:
    await until(lambda: sockets(log))
    [line] = sockets(log)
    assert faults(line) == []
    return line


def headers(who: Person) -> dict[str, str]:
    return {**who.headers, "X-Request-ID": GATEWAY_ID}


async def test_a_connection_is_logged_once_it_has_ended(address: str, log: LogFile) -> None:
    async with connect(f"{address}{MATCH}", additional_headers=headers(ALICE)) as socket:
        await socket.send("work")
        await socket.recv()
        assert sockets(log) == []
        await socket.close(1001)
    line = await the_line(log)
    event = line["event"]
    assert (line["message"], event["outcome"]) == ("socket closed", "success")
    assert (event["category"], event["type"]) == (["network"], ["connection", "end"])
    assert event["duration"] > 0
    assert line["url"] == {"path": "/matches/{match_id}"}
    assert line["user"] == {"id": str(ALICE.id)}
    assert line["labels"] == {"match_id": str(MATCH_ID)}
    assert line["transcendence"] == {"close_code": 1001}
    assert "error" not in line


async def test_everything_done_for_a_socket_has_the_request_id(address: str, log: LogFile) -> None:
    async with connect(f"{address}{MATCH}", additional_headers=headers(ALICE)) as socket:
        await socket.send("work")
        await socket.recv()
    await the_line(log)
    ours = [line for line in log.lines() if "user" in line]
    assert [line["message"] for line in ours] == ["worked", "socket closed"]
    assert {line["http"]["request"]["id"] for line in ours} == {GATEWAY_ID}


ENDINGS: dict[str, tuple[int, str, str | None]] = {
    "close": (4004, "success", None),
    "raise": (4005, "success", None),
    "problem": (4409, "failure", "match_over"),
    "bug": (4500, "failure", "internal_error"),
}


@pytest.mark.parametrize("said", ENDINGS)
async def test_the_line_tells_how_the_service_ended_the_connection(
    address: str, log: LogFile, said: str
) -> None:
    async with connect(f"{address}{MATCH}", additional_headers=headers(ALICE)) as socket:
        await socket.send(said)
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    line = await the_line(log)
    close_code, outcome, error_code = ENDINGS[said]
    assert line["transcendence"] == {"close_code": close_code}
    assert line["event"]["outcome"] == outcome
    assert line.get("error", {}).get("code") == error_code


REFUSALS: dict[str, tuple[int, str, str | None]] = {
    # The visitor is not signed in.
    MATCH: (401, "not_signed_in", "/matches/{match_id}"),
    "/over": (409, "match_over", "/over"),
    "/matches/charlotte": (404, "not_found", None),
    "/nowhere/charlotte": (404, "not_found", None),
}


@pytest.mark.parametrize("path", REFUSALS)
async def test_the_line_tells_why_a_connection_was_refused(
    address: str, log: LogFile, path: str
) -> None:
    status, code, template = REFUSALS[path]
    sent = {"X-Request-ID": GATEWAY_ID} if path == MATCH else headers(ALICE)
    with pytest.raises(InvalidStatus):
        await connect(f"{address}{path}", additional_headers=sent)
    line = await the_line(log)
    assert (line["message"], line["event"]["outcome"]) == ("socket refused", "failure")
    assert line["event"]["type"] == ["connection", "denied"]
    assert line["http"] == {"request": {"id": GATEWAY_ID}, "response": {"status_code": status}}
    assert line["error"] == {"code": code}
    assert line.get("url", {}).get("path") == template
    assert "charlotte" not in log.text()
    assert ("user" in line) == (path == "/over")


async def test_a_broken_connection_is_logged_as_such(address: str, log: LogFile) -> None:
    socket = await connect(f"{address}{MATCH}", additional_headers=headers(ALICE))
    socket.transport.abort()
    line = await the_line(log)
    # uvicorn reports this if there is no code.
    assert line["transcendence"] == {"close_code": 1005}


def test_a_refusal_by_a_server_without_support_for_answers_is_logged_with_its_code(
    tmp_path: Path, log: LogFile
) -> None:
    settings = Settings(environment="test", log_dir=tmp_path)
    app = create_app("sample", settings, features=[refuse], keys=KEY)
    with TestClient(app) as client, pytest.raises(Exception, match=MatchOver.code):
        client.websocket_connect("/over").__enter__()
    [line] = sockets(log)
    assert line["message"] == "socket refused"
    assert line["transcendence"] == {"close_code": 4409}
