"""A service that stores data of players, as auth sees it: on a real socket, it can be
down or break off an answer."""

from collections.abc import AsyncGenerator
from uuid import UUID

from litestar import Litestar, get, post
from litestar.exceptions import ServiceUnavailableException
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from transcendence_common.app import create_app
from transcendence_common.identity import KeySource
from transcendence_common.player_events import RELATIONSHIPS_PATH, PlayerErased, PlayerRelationship
from transcendence_common.settings import Settings


class PlayerDataService:
    """A service that accepts only tokens signed by auth, and records
    the events that it receives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.told: list[PlayerErased] = []
        self.relationships: list[PlayerRelationship] = []
        self.down = False
        self.breaks_off = False

    def app(self, keys: KeySource) -> Litestar:
        return create_app(
            self.name,
            Settings(environment="test"),
            features=[],
            internal=self._handlers(),
            keys=keys,
        )

    def _handlers(self) -> list[ControllerRouterHandler]:
        @post("/player-events", status_code=204)
        async def receive(data: JSONBody[PlayerErased]) -> None:
            self._check_up()
            self.told.append(data)

        @post(RELATIONSHIPS_PATH, status_code=204)
        async def receive_relationship(data: JSONBody[PlayerRelationship]) -> None:
            self._check_up()
            self.relationships.append(data)

        @get("/players/{player_id:uuid}/export")
        async def export(player_id: FromPath[UUID]) -> Stream:
            self._check_up()
            return Stream(self._export(player_id), media_type="application/json")

        return [receive, receive_relationship, export]

    async def _export(self, player_id: UUID) -> AsyncGenerator[bytes, None]:
        yield b'{"kept_by":"%s",' % self.name.encode()
        if self.breaks_off:
            raise ConnectionAbortedError
        yield b'"player_id":"%s"}' % str(player_id).encode()

    def _check_up(self) -> None:
        if self.down:
            raise ServiceUnavailableException
