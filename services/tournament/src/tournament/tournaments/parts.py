"""What tournaments are made of in one process: each part lives as long as the service."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar
from litestar.di import Provide

from tournament.activity import Activity
from tournament.pairings.history_records import HistoryRecords
from tournament.pairings.hotseat import Hotseat
from tournament.settings import TournamentSettings
from tournament.tournaments.rating_desk import RatingDesk
from tournament.tournaments.starter import EVERY_SECONDS, Starter
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.http_client import service_client
from transcendence_common.periodic import repeating
from transcendence_common.service_token_source import ServiceTokenSource


@dataclass(frozen=True, kw_only=True)
class TournamentParts:
    """Each is made once."""

    starter: Starter
    hotseat: Hotseat
    clients: tuple[httpx.AsyncClient, ...]

    def dependencies(self) -> dict[str, Provide]:
        """Return what handlers may ask for."""
        return {
            "hotseat": Provide(lambda: self.hotseat, sync_to_thread=False),
            "starter": Provide(lambda: self.starter, sync_to_thread=False),
        }

    def lifespans(self) -> list[Lifespan]:
        """Return what is open while the service runs."""
        return [self._close_clients]

    def repeated(self, activity: Activity) -> list[Lifespan]:
        """Return the lifespans that do what is done again and again."""
        return [
            repeating(
                "tournaments-started",
                self.starter.start_due,
                every_seconds=EVERY_SECONDS,
                after=activity.wait,
            )
        ]

    @asynccontextmanager
    async def _close_clients(self, _: Litestar) -> AsyncGenerator[None, None]:
        yield
        for client in self.clients:
            await client.aclose()


def tournaments_of(
    db: SQLAlchemyAsyncConfig, settings: TournamentSettings, clock: Clock
) -> TournamentParts:
    """Put the parts together."""
    auth, history = service_client(settings.auth_url), service_client(settings.history_url)
    secret = settings.tournament_service_secret.get_secret_value()
    tokens = ServiceTokenSource(auth, "tournament", secret)
    return TournamentParts(
        starter=Starter(db, RatingDesk(history, tokens), clock),
        hotseat=Hotseat(db, HistoryRecords(history, tokens)),
        clients=(auth, history),
    )
