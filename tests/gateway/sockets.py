"""Client-side helpers for WebSockets through the gateway."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from tests.fixtures.patience import PATIENCE_SECONDS
from tests.gateway.nginx import Gateway
from tests.gateway.tokens import ALICE, SigningKey

PROBLEM = "application/problem+json"


@asynccontextmanager
async def opened(
    gateway: Gateway, path: str, headers: dict[str, str], *, compression: str | None = "deflate"
) -> AsyncGenerator[ClientConnection, None]:
    url = f"wss://localhost:{gateway.https_port}{path}"
    async with connect(
        url, ssl=gateway.trust, additional_headers=headers, compression=compression
    ) as open_socket:
        yield open_socket


async def refusal(gateway: Gateway, path: str, headers: dict[str, str]) -> Response:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(gateway, path, headers):
            pass
    return refused.value.response


async def answer(open_socket: ClientConnection) -> str | bytes:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await open_socket.recv()


def problem(refused: Response) -> dict[str, object]:
    assert refused.headers["Content-Type"] == PROBLEM
    assert refused.body is not None
    found: dict[str, object] = json.loads(refused.body)
    assert found["status"] == refused.status_code
    return found


def cookie(key: SigningKey, subject: str = ALICE) -> dict[str, str]:
    return {"Cookie": f"__Host-access={key.token({'sub': subject})}"}
