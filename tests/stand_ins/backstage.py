"""What is behind the pages: of one application that all tests share, each test's own stand-ins."""

from dataclasses import dataclass

import httpx
from jose.backends.base import Key
from litestar import Litestar

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.tournament import StandInTournament
from ui.app import create_app
from ui.settings import UiSettings


@dataclass
class Cast:
    """Who stands in for the services in one test."""

    auth: StandInAuth
    history: StandInHistory
    tournament: StandInTournament


class Backstage:
    """Leads to whoever is on; also the source of keys."""

    def __init__(self) -> None:
        self.cast: Cast | None = None
        self.app: Litestar = create_app(
            UiSettings(environment="test"),
            auth_http=self._client("auth"),
            streams_http=self._client("auth"),
            history_http=self._client("history"),
            games_http=self._client("tournament"),
            game_streams_http=self._client("tournament"),
            keys=self,
        )

    async def find(self, kid: str) -> Key | None:
        assert self.cast is not None
        return await self.cast.auth.find(kid)

    def _client(self, name: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=_Way(self, name), base_url="http://stand-in")


class _Way(httpx.AsyncBaseTransport):
    def __init__(self, backstage: Backstage, name: str) -> None:
        self._backstage = backstage
        self._name = name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        switch: httpx.AsyncBaseTransport = getattr(self._backstage.cast, self._name).switch
        return await switch.handle_async_request(request)
