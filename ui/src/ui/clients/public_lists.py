"""Lists that are the same for every reader: asked without a token, and at most once a second for all of them."""

from functools import partial
from typing import Final

from async_lru import alru_cache

from ui.clients.games import GamesClient
from ui.clients.history import HistoryClient
from ui.clients.tournaments import TournamentsClient

REUSED_SECONDS: Final = 1.0
"""How old a list may be, at most."""


class PublicLists:
    """The beginnings of public lists. Requests at the same time share one call; failures are not reused."""

    def __init__(
        self,
        games: GamesClient,
        history: HistoryClient,
        tournaments: TournamentsClient,
        *,
        reused_seconds: float = REUSED_SECONDS,
    ) -> None:
        reused = alru_cache(ttl=reused_seconds)
        self.running_matches = reused(partial(games.running_matches, None))
        self.leaderboard = reused(partial(history.leaderboard, None))
        self.open_tournaments = reused(partial(tournaments.tournaments, "open", None))
