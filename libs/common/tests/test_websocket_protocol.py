"""Clients that flood a WebSocket."""

import asyncio
import logging
from collections.abc import AsyncGenerator

import pytest
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.fixtures.cast import SigningKey
from tests.fixtures.sockets import served
from transcendence_common.app import create_app
from transcendence_common.identity import Player
from transcendence_common.settings import Settings
from transcendence_common.websocket_protocol import FLOODS, MOST_BYTES_A_SECOND, frames_of

END_SECONDS = 5
EMPTY_FRAME = bytes([0x82, 0x80, 0, 0, 0, 0])
"""A frame of six bytes, which costs as much as any message."""
PING = bytes([0x89, 0x80, 0, 0, 0, 0])
"""A ping, which is answered without the application."""


@websocket("/listen")
async def listen(socket: WebSocket[Player | None, str | None, State]) -> None:
    await socket.accept()
    while True:
        await socket.receive()


@websocket("/frames")
async def answer_frames(socket: WebSocket[Player | None, str | None, State]) -> None:
    """Send each frame back twice; say which messages came from `receive`."""
    await socket.accept()
    frames = frames_of(socket.scope)
    assert frames is not None

    def answer(payload: bytes) -> None:
        assert frames is not None
        assert frames.write_frame(payload + payload)

    frames.read_frames(answer)
    assert frames.write_frame(b"ready")
    try:
        while True:
            await socket.send_bytes(b"received " + await socket.receive_data("binary"))
    except WebSocketDisconnect:
        CLOSED.append(frames.write_frame(b"too late"))


CLOSED: list[bool] = []
"""What was answered to a frame written after the end."""


@pytest.fixture
async def address(signing_key: SigningKey) -> AsyncGenerator[str, None]:
    app = create_app(
        "sample", Settings(environment="test"), features=[listen, answer_frames], keys=signing_key
    )
    async with served(app) as url:
        yield url.replace("http", "ws")


async def is_cut(client: ClientConnection) -> bool:
    try:
        await asyncio.wait_for(client.recv(), END_SECONDS)
    except ConnectionClosed as closed:
        return closed.rcvd is None
    return False


@pytest.mark.parametrize(
    "flood",
    [
        EMPTY_FRAME * 100_000,
        PING * 100_000,
        # Its header announces one huge message, which is refused without waiting for the rest.
        bytes([0x82, 0xFF]) + (10_000_000).to_bytes(8) + bytes(1_000_000),
    ],
    ids=["empty frames", "pings", "one long message"],
)
async def test_a_flood_is_cut_off_without_affecting_others(address: str, flood: bytes) -> None:
    before = FLOODS._value.get()
    async with connect(f"{address}/listen") as other, connect(f"{address}/listen") as client:
        client.transport.write(flood)
        assert await is_cut(client)
        await (await other.ping())
    assert FLOODS._value.get() == before + 1


async def test_a_client_within_the_limits_is_read(address: str) -> None:
    async with connect(f"{address}/listen") as client:
        client.transport.write(EMPTY_FRAME * (MOST_BYTES_A_SECOND // len(EMPTY_FRAME) - 10))
        await (await client.ping())


async def test_queries_are_not_logged(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with connect(f"{address}/listen?code=secret"):
            pass
        with pytest.raises(InvalidStatus):
            await connect(f"{address}/nothing?code=secret")
    assert not [each for each in caplog.records if "secret" in each.getMessage()]


async def test_frames_are_read_and_written_without_the_layers_of_the_application(
    address: str,
) -> None:
    CLOSED.clear()
    async with connect(f"{address}/frames") as client:
        assert await client.recv() == b"ready"
        # Twice 125 bytes need a longer header.
        for size in (0, 1, 62, 63, 125, 1000):
            await client.send(b"x" * size)
            assert await client.recv() == b"x" * 2 * size
        await client.send([b"in two ", b"frames"])
        assert await client.recv() == b"received in two frames"
        await client.send(b"again")
        assert await client.recv() == b"againagain"
    async with asyncio.timeout(END_SECONDS):
        while not CLOSED:  # noqa: ASYNC110 - the handler of the application
            await asyncio.sleep(0.01)
    assert CLOSED == [False]
