"""A connection to an ASGI application that can be cut like a network."""

import asyncio

import httpx
from litestar import Litestar

from tests.stand_ins.contract import ServiceContract


class Switch(httpx.AsyncBaseTransport):
    """Forwards requests to a stand-in and records them; while `down`, none gets through.

    `violations` lists differences of requests and answers from the service's contract. With a
    status in `answers_with`, all requests get that answer, as from a broken or busy service;
    paths in `answers_at` get that body, as from another version. The next `loses` answers are
    lost, as if a replica died.
    """

    def __init__(self, app: Litestar, contract: ServiceContract) -> None:
        self._transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type] # Litestar has its own ASGI types
        self._contract = contract
        self.reset()

    def reset(self) -> None:
        self.down = False
        self.answers_with: int | None = None
        self.answers_at: dict[str, bytes] = {}
        self.loses = 0
        self.asked: list[httpx.Request] = []
        self.violations: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("down", request=request)
        self.asked.append(request)
        # A network lets other tasks run first.
        await asyncio.sleep(0)
        if self.loses:
            self.loses -= 1
            raise httpx.RemoteProtocolError("died", request=request)
        if self.answers_with:
            return httpx.Response(self.answers_with, request=request)
        if body := self.answers_at.get(request.url.path):
            return httpx.Response(200, content=body, request=request)
        answer = await self._transport.handle_async_request(request)
        self.violations += await self._contract.violations(request, answer)
        return answer

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self, base_url="http://stand-in")

    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]
