"""One line for each WebSocket: whose it was, how long it was open, and who ended it, or why it never opened."""

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
    """A conflict with a name of its own."""

    code = "match_over"


@websocket("/matches/{match_id:uuid}")
async def play(socket: Socket, player: NamedDependency[Player], match_id: FromPath[UUID]) -> None:
    """Do as one is told."""
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
async def refuse(socket: Socket) -> None:  # noqa: ARG001 - Litestar wants it
    raise MatchOver("The match is over.")


async def work(player: Player, match_id: UUID) -> None:
    """What a connection causes, in a task of its own."""
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


async def test_who_was_connected_is_one_line_once_they_have_left(
    address: str, log: LogFile
) -> None:
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


async def test_the_id_of_the_request_is_in_all_that_is_done_for_a_socket(
    address: str, log: LogFile
) -> None:
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
async def test_how_the_service_ended_it_is_in_the_line(
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
    # Of somebody who is not signed in.
    MATCH: (401, "not_signed_in", "/matches/{match_id}"),
    "/over": (409, "match_over", "/over"),
    "/matches/charlotte": (404, "not_found", None),
    "/nowhere/charlotte": (404, "not_found", None),
}


@pytest.mark.parametrize("path", REFUSALS)
async def test_why_one_was_refused_is_in_the_line(address: str, log: LogFile, path: str) -> None:
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


async def test_a_connection_that_is_cut_is_said_to_be(address: str, log: LogFile) -> None:
    socket = await connect(f"{address}{MATCH}", additional_headers=headers(ALICE))
    socket.transport.abort()
    line = await the_line(log)
    # What uvicorn says where no code came.
    assert line["transcendence"] == {"close_code": 1005}


def test_one_refused_by_a_server_that_cannot_answer_tells_its_code(
    tmp_path: Path, log: LogFile
) -> None:
    settings = Settings(environment="test", log_dir=tmp_path)
    app = create_app("sample", settings, features=[refuse], keys=KEY)
    with TestClient(app) as client, pytest.raises(Exception, match=MatchOver.code):
        client.websocket_connect("/over").__enter__()
    [line] = sockets(log)
    assert line["message"] == "socket refused"
    assert line["transcendence"] == {"close_code": 4409}
