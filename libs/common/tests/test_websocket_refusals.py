import json
import logging
from collections.abc import AsyncGenerator

import httpx
import pytest
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketException
from litestar.params import FromPath
from litestar.testing import TestClient
from litestar.types import ControllerRouterHandler
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response

from tests.fixtures.cast import ALICE, KEY, SigningKey
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from transcendence_common.app import create_app
from transcendence_common.identity import Player
from transcendence_common.problems import Conflict, Forbidden, NotFound, Unavailable
from transcendence_common.settings import Settings

Socket = WebSocket[Player | None, str | None, State]

LONG = "x" * 200
RUNS_ELSEWHERE = "/_gateway/tournament/192.0.2.1:8003/matches/1"


class MatchOver(Conflict):
    """A conflict with its own code."""

    code = "match_over"


@websocket("/echo")
async def echo(socket: Socket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


@websocket("/mine")
async def greet(socket: Socket, player: NamedDependency[Player]) -> None:
    await socket.accept()
    await socket.send_text(player.name)
    await socket.close()


@websocket("/matches/{match_id:int}")
async def play(socket: Socket, match_id: FromPath[int]) -> None:  # noqa: ARG001 - Litestar requires it
    raise {
        1: MatchOver("The match is over."),
        2: Forbidden("You are not in this match."),
        3: NotFound("There is no such match."),
        4: Unavailable("Nobody runs this match yet."),
        5: RuntimeError("a secret that only the log may see"),
        6: MatchOver(LONG, headers={"X-Accel-Redirect": RUNS_ELSEWHERE}),
    }[match_id]


@websocket("/turned-away")
async def turn_away(socket: Socket) -> None:
    await socket.close(1008, "Not today.")


@websocket("/turned-away/without-a-word")
async def shut(socket: Socket) -> None:  # noqa: ARG001 - Litestar requires it
    raise WebSocketException(code=1008, detail="")


@websocket("/open/{what:str}")
async def end(socket: Socket, what: FromPath[str]) -> None:
    await socket.accept()
    if what == "problem":
        raise MatchOver(LONG)
    if what == "bug":
        raise RuntimeError("a secret that only the log may see")
    if what == "raised":
        raise WebSocketException(code=4005, detail="moved")
    await socket.close(4004, "taken over")


HANDLERS: list[ControllerRouterHandler] = [echo, greet, play, turn_away, shut, end]


@pytest.fixture
async def address(signing_key: SigningKey) -> AsyncGenerator[str, None]:
    app = create_app("sample", Settings(environment="test"), features=HANDLERS, keys=signing_key)
    async with served(app) as url:
        yield url.replace("http", "ws", 1)


async def refusal(address: str, headers: dict[str, str] | None = None) -> Response:
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, additional_headers=headers)
    return refused.value.response


def problem(refused: Response) -> dict[str, object]:
    assert refused.headers["Content-Type"] == "application/problem+json"
    found: dict[str, object] = json.loads(refused.body)
    assert found["status"] == refused.status_code
    return found


async def test_an_accepted_socket_opens(address: str) -> None:
    async with connect(f"{address}/echo") as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
    async with connect(f"{address}/mine", additional_headers=ALICE.headers) as socket:
        assert await socket.recv() == "Alice"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/matches/1", 409, "match_over"),
        ("/matches/2", 403, "forbidden"),
        ("/matches/3", 404, "not_found"),
        ("/matches/4", 503, "unavailable"),
        ("/matches/5", 500, "internal_error"),
        ("/matches/one", 404, "not_found"),
        ("/nowhere", 404, "not_found"),
        # At an address for requests only.
        ("/health/live", 400, "malformed"),
        ("/turned-away", 403, "forbidden"),
        ("/turned-away/without-a-word", 403, "forbidden"),
        ("/mine", 401, "not_signed_in"),
    ],
)
async def test_a_refusal_is_the_same_problem_as_for_a_request(
    address: str, path: str, status: int, code: str
) -> None:
    refused = await refusal(f"{address}{path}")
    assert refused.status_code == status
    found = problem(refused)
    assert (found["code"], found["type"]) == (code, f"/problems/{code}")
    assert found["title"]
    assert "secret" not in str(found)


@pytest.mark.parametrize("token", ["Basic YTpi", "Bearer x.y.z"])
async def test_a_bad_token_opens_no_socket(address: str, token: str) -> None:
    for path in ("/mine", "/echo"):
        refused = await refusal(f"{address}{path}", {"Authorization": token})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert problem(refused)["code"] == "not_signed_in"


async def test_refusals_and_disconnects_are_not_logged_as_errors(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    await refusal(f"{address}/matches/1")
    await refusal(f"{address}/turned-away")
    await refusal(f"{address}/turned-away/without-a-word")
    async with connect(f"{address}/echo") as leaves:
        await leaves.close()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_another_site_cannot_open_a_socket(address: str) -> None:
    refused = await refusal(f"{address}/mine", {**ALICE.headers, "Origin": "https://evil.test"})
    assert refused.status_code == 403
    assert problem(refused)["code"] == "cross_site"


async def test_headers_of_a_problem_are_sent(address: str) -> None:
    refused = await refusal(f"{address}/matches/4")
    assert refused.headers["Retry-After"] == str(Unavailable.RETRY_AFTER_SECONDS)
    refused = await refusal(f"{address}/matches/6")
    assert refused.headers["X-Accel-Redirect"] == RUNS_ELSEWHERE
    assert problem(refused)["detail"] == LONG


@pytest.mark.parametrize(
    ("what", "code", "reason"),
    [
        ("problem", 4409, "match_over"),
        ("bug", 4500, "internal_error"),
        ("raised", 4005, "moved"),
        ("closed", 4004, "taken over"),
    ],
)
async def test_an_open_socket_is_closed_with_a_code(
    address: str, what: str, code: int, reason: str
) -> None:
    async with connect(f"{address}/open/{what}") as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert (socket.close_code, socket.close_reason) == (code, reason)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_plain_request_to_a_socket_address_is_refused(address: str, method: str) -> None:
    async with httpx.AsyncClient(
        base_url=address.replace("ws", "http", 1), timeout=PATIENCE_SECONDS
    ) as client:
        answer = await client.request(method, "/echo")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_server_without_support_for_answers_closes_with_the_same_code() -> None:
    app = create_app("sample", Settings(environment="test"), features=HANDLERS, keys=KEY)
    with TestClient(app) as client:
        with pytest.raises(Exception) as refused:  # noqa: PT011 - the client's own class
            client.websocket_connect("/matches/1").__enter__()
        assert getattr(refused.value, "code", None) == 4409
