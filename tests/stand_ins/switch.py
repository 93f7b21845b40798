"""A way to an ASGI application that can be cut, as a network can."""

import asyncio

import httpx
from litestar import Litestar

from tests.stand_ins.contract import ServiceContract


class Switch(httpx.AsyncBaseTransport):
    """Carries requests to a stand-in and notes them; while `down`, nothing gets through.

    `violations` lists where a request or an answer differs from the contract of the service.
    With a status in `answers_with` it answers that by itself, as a broken or busy service would; at a path in
    `answers_at`, with that body, as a service of another version would. Of so many as
    `loses` says the answer does not get through, as where a replica dies.
    """

    def __init__(self, app: Litestar, contract: ServiceContract) -> None:
        self._transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type] # Litestar types its own ASGI
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
        # A network lets others go first.
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
