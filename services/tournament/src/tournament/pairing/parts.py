"""What matchmaking is made of: each part lives as long as the service."""

from collections.abc import Sequence
from dataclasses import dataclass

from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from litestar.di import Provide

from tournament.pairing.matchmaker import Matchmaker
from tournament.pairing.open_pages import OpenPages
from tournament.pairing.queue import Queue
from tournament.pairing.ratings import Ratings
from tournament.pairing.upkeep import PairingUpkeep, pairing_upkeep
from tournament.pairing.verified import provide_verified
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock


@dataclass(frozen=True)
class Pairing:
    """The parts."""

    matchmaker: Matchmaker
    open_pages: OpenPages
    queue: Queue
    ratings: Ratings
    upkeep: PairingUpkeep

    def dependencies(self) -> dict[str, Provide]:
        """Return what handlers may ask for."""
        return {
            "matchmaker": Provide(lambda: self.matchmaker, sync_to_thread=False),
            "open_pages": Provide(lambda: self.open_pages, sync_to_thread=False),
            "queue": Provide(lambda: self.queue, sync_to_thread=False),
            "verified": Provide(provide_verified, sync_to_thread=False),
        }

    def repeated(self) -> Sequence[Lifespan]:
        """Return the lifespans that do what is done again and again."""
        return pairing_upkeep(self.upkeep, self.matchmaker)


def pairing_of(db: SQLAlchemyAsyncConfig, *, history_url: str, clock: Clock) -> Pairing:
    ratings = Ratings(history_url)
    open_pages = OpenPages()
    return Pairing(
        matchmaker=Matchmaker(db, clock),
        open_pages=open_pages,
        queue=Queue(db, ratings),
        ratings=ratings,
        upkeep=PairingUpkeep(db, open_pages, clock),
    )
