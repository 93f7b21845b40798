"""What tournaments are made of in one process: each part lives as long as the service."""

from dataclasses import dataclass

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar.di import Provide

from tournament.activity import Activity
from tournament.history import History
from tournament.pairings.hotseat import Hotseat
from tournament.tournaments.starter import EVERY_SECONDS, Starter
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.periodic import repeating


@dataclass(frozen=True, kw_only=True)
class TournamentParts:
    """Each is made once."""

    starter: Starter
    hotseat: Hotseat

    def dependencies(self) -> dict[str, Provide]:
        """Return what handlers may ask for."""
        return {
            "hotseat": Provide(lambda: self.hotseat, sync_to_thread=False),
            "starter": Provide(lambda: self.starter, sync_to_thread=False),
        }

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


def tournaments_of(db: SQLAlchemyAsyncConfig, history: History, clock: Clock) -> TournamentParts:
    """Put the parts together."""
    return TournamentParts(starter=Starter(db, history, clock), hotseat=Hotseat(db, history))
