"""Requests to other services carry the ID of the current request and have a timeout."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest
from litestar import Litestar, Request, get
from litestar.datastructures import State

from tests.fixtures.sockets import served
from transcendence_common.http_client import service_client
from transcendence_common.request_id import adopt_request_id

REQUEST = "0123456789abcdef0123456789abcdef"


@get("/id")
async def tell_id(request: Request[None, None, State]) -> dict[str, str | None]:
    return {"id": request.headers.get("X-Request-ID")}


@get("/silence")
async def say_nothing() -> None:
    await asyncio.sleep(1)


@asynccontextmanager
async def asking(silence_seconds: float = 5) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with (
        served(Litestar([tell_id, say_nothing])) as url,
        service_client(url, silence_seconds=silence_seconds) as client,
    ):
        yield client


@pytest.mark.parametrize(("under", "sent"), [(REQUEST, REQUEST), ("", None)])
async def test_the_request_id_is_sent(under: str, sent: str | None) -> None:
    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        adopt_request_id(under)
        return await client.get("/id")

    async with asking() as client:
        # In a separate task, so that no other test inherits the request.
        answer = await asyncio.create_task(ask(client))
    assert answer.json() == {"id": sent}


async def test_a_silent_service_times_out_as_configured() -> None:
    async with asking(silence_seconds=0.1) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/silence")


async def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with asking() as client:
        assert (await client.get("/id")).is_success


async def test_a_refused_connection_is_a_connect_error() -> None:
    async with service_client("http://127.0.0.1:9") as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/id")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\ntwice",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
    ],
    ids=["none", "not HTTP", "cut", "two lengths", "bad chunk"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_malformed_answer_is_a_transport_error(method: str, answer: bytes) -> None:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(reply, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server, service_client(f"http://{host}:{port}") as client:
        with pytest.raises(httpx.TransportError):
            await client.request(method, "/id")
