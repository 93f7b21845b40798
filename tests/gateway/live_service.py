"""A real service behind the gateway: an application like all of them, with a live match."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, cast

from jose import jwk
from jose.backends.base import Key
from litestar import Litestar, WebSocket, websocket
from litestar.di import NamedDependency
from litestar.params import FromPath

from tests.gateway.replicas import OWNER_LOCATION, Replica
from tests.gateway.tokens import SigningKey
from tests.gateway.upstream import Receive, Send
from transcendence_common.app import create_app
from transcendence_common.identity import ALGORITHM, Player
from transcendence_common.problems import NotFound, Unavailable
from transcendence_common.settings import Settings

MATCH = 1
PATH = f"/api/tournament/matches/{MATCH}/play"


class RunsElsewhere(Unavailable):
    """Another replica runs the match. Without a gateway, the client can only retry."""

    code = "not_here_yet"

    def __init__(self, address: str, path: str) -> None:
        super().__init__("Another process runs this match.")
        self.headers = {**(self.headers or {}), "X-Accel-Redirect": f"{address}{path}"}


@dataclass
class LiveService(Replica):
    """A service whose sockets are handled by the application."""

    signer: SigningKey = field(kw_only=True)
    app: Litestar = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()

        @websocket("/api/tournament/matches/{match_id:int}/play")
        async def play(
            socket: WebSocket[Any, Any, Any],
            match_id: FromPath[int],
            player: NamedDependency[Player],
        ) -> None:
            if match_id != MATCH:
                raise NotFound("There is no such match.")
            if self.owner is not None:
                raise RunsElsewhere(f"{OWNER_LOCATION}{self.owner}", socket.url.path)
            await socket.accept()
            await socket.send_text(f"{player.id} at {self.name}")
            await socket.close()

        self.app = create_app(
            "tournament",
            Settings(environment="test"),
            features=[play],
            keys=_Keys(self.signer),
        )

    async def _serve(
        self, scope: MutableMapping[str, object], receive: Receive, send: Send
    ) -> None:
        # Litestar has a type for each message; uvicorn's and our types are general.
        await self.app(cast("Any", scope), cast("Any", receive), cast("Any", send))


class _Keys:
    def __init__(self, key: SigningKey) -> None:
        self._kid = key.kid
        self._key: Key = jwk.construct(key.jwk(), ALGORITHM)

    async def find(self, kid: str) -> Key | None:
        return self._key if kid == self._kid else None
