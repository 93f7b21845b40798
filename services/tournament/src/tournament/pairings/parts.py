"""What pairings are made of in one process: each part lives as long as the service."""

from collections.abc import Sequence
from dataclasses import dataclass

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar.di import Provide

from tournament.activity import Activity
from tournament.pairings.brackets import Brackets
from tournament.pairings.steward import EVERY_SECONDS, Steward
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.periodic import repeating


@dataclass(frozen=True)
class Pairings:
    """The parts."""

    brackets: Brackets
    steward: Steward

    def dependencies(self) -> dict[str, Provide]:
        """Return what handlers may ask for."""
        return {"brackets": Provide(lambda: self.brackets, sync_to_thread=False)}

    def repeated(self, activity: Activity) -> Sequence[Lifespan]:
        """Return the lifespans that do what is done again and again."""
        return [
            repeating(
                "tournaments-brought-forward",
                self.steward.look,
                every_seconds=EVERY_SECONDS,
                after=activity.wait,
            )
        ]


def pairings_of(db: SQLAlchemyAsyncConfig, clock: Clock) -> Pairings:
    return Pairings(Brackets(), Steward(db, clock))
