"""Clients that flood a WebSocket."""

import asyncio
import logging
from collections.abc import AsyncGenerator

import pytest
from litestar import WebSocket, websocket
from litestar.datastructures import State
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.fixtures.cast import SigningKey
from tests.fixtures.sockets import served
from transcendence_common.app import create_app
from transcendence_common.identity import Player
from transcendence_common.settings import Settings
from transcendence_common.websocket_protocol import FLOODS, MOST_BYTES_A_SECOND

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


@pytest.fixture
async def address(signing_key: SigningKey) -> AsyncGenerator[str, None]:
    app = create_app("sample", Settings(environment="test"), features=[listen], keys=signing_key)
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
