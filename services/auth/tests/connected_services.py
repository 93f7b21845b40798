"""auth together with the other services, all on real sockets, with the outbox's worker running."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx
from argon2.profiles import CHEAPEST
from litestar import Litestar

from auth.accounts.hashing import PasswordHashing
from auth.app import create_app
from auth.privacy.erasure import RECEIVERS
from auth.settings import AuthSettings
from services.auth.tests.service_under_test import Auth, Log, keys_of
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tests.fixtures.waiting import until
from tests.stand_ins.player_data_service import PlayerDataService
from transcendence_common.clock import Clock
from transcendence_common.identity import KeySource


@dataclass(frozen=True)
class ConnectedServices:
    """auth with the other services, all on real sockets, and its outbox's worker."""

    auth: Auth
    player_data_services: dict[str, PlayerDataService]

    async def told(self, name: str, player_id: UUID) -> None:
        """Wait until another service was told to erase a player."""
        await until(lambda: self._was_told(name, player_id))

    def _was_told(self, name: str, player_id: UUID) -> bool:
        return player_id in [event.player_id for event in self.player_data_services[name].told]


@asynccontextmanager
async def start_connected_services(
    auth_database: ServiceDatabase, settings: AuthSettings, clock: Clock
) -> AsyncGenerator[ConnectedServices, None]:
    """Start auth and the other services; everything is committed, and deleted at the end."""
    hand_clock = clock if isinstance(clock, HandClock) else HandClock()
    player_data_services = {name: PlayerDataService(name) for name in RECEIVERS}
    async with auth_database.committed() as db:
        keys = _KeysOfAuth()
        async with (
            served(player_data_services["history"].app(keys)) as history_url,
            served(player_data_services["tournament"].app(keys)) as tournament_url,
        ):
            places = settings.model_copy(
                update={"history_url": history_url, "tournament_url": tournament_url}
            )
            app = create_app(places, db=db, passwords=PasswordHashing(CHEAPEST), clock=clock)
            async with (
                served(app) as url,
                httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
            ):
                keys.ask(app)
                yield ConnectedServices(Auth(client, hand_clock, db, Log()), player_data_services)


class _KeysOfAuth(KeySource):
    """The key source of the other services: the auth under test."""

    def __init__(self) -> None:
        self._keys: KeySource | None = None

    def ask(self, app: Litestar) -> None:
        self._keys = keys_of(app)

    async def find(self, kid: str) -> object:  # type: ignore[override]
        assert self._keys is not None
        return await self._keys.find(kid)
