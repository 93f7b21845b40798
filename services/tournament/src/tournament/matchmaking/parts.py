"""What matchmaking is made of: each part lives as long as the service."""

from collections.abc import Sequence
from dataclasses import dataclass

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar.di import Provide

from tournament.activity import Activity
from tournament.history import History
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.queue import Queue
from tournament.matchmaking.upkeep import MatchmakingUpkeep, matchmaking_upkeep
from tournament.matchmaking.verified import provide_verified
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock


@dataclass(frozen=True)
class Matchmaking:
    """The parts."""

    matchmaker: Matchmaker
    open_pages: OpenPages
    queue: Queue
    upkeep: MatchmakingUpkeep

    def dependencies(self) -> dict[str, Provide]:
        """Return what handlers may ask for."""
        return {
            "matchmaker": Provide(lambda: self.matchmaker, sync_to_thread=False),
            "open_pages": Provide(lambda: self.open_pages, sync_to_thread=False),
            "queue": Provide(lambda: self.queue, sync_to_thread=False),
            "verified": Provide(provide_verified, sync_to_thread=False),
        }

    def repeated(self, activity: Activity) -> Sequence[Lifespan]:
        """Return the lifespans that do what is done again and again."""
        return matchmaking_upkeep(self.upkeep, self.matchmaker, activity)


def matchmaking_of(db: SQLAlchemyAsyncConfig, history: History, clock: Clock) -> Matchmaking:
    open_pages = OpenPages()
    return Matchmaking(
        matchmaker=Matchmaker(db, clock),
        open_pages=open_pages,
        queue=Queue(db, history),
        upkeep=MatchmakingUpkeep(db, open_pages, clock),
    )
