"""Lists that are the same for every reader: asked without a token, and at most once a second for all of them."""

from functools import partial
from typing import Final
from uuid import UUID

from async_lru import alru_cache

from contracts.tournament.tournaments import BracketDetails, TournamentDetails
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
        self._tournaments = tournaments
        self._public_bracket = reused(self._load_public_bracket)

    async def bracket(self, tournament: TournamentDetails, token: str | None) -> BracketDetails:
        """Return the bracket of a started tournament, at the revision of `tournament` or a newer one.

        Every reader of an online tournament may see its bracket; a hotseat tournament is its organiser's only.
        """
        if tournament.kind == "hotseat":
            return await self._tournaments.bracket(tournament.id, token)
        return await self._public_bracket(tournament.id, tournament.revision)

    async def _load_public_bracket(self, tournament_id: UUID, _revision: int) -> BracketDetails:
        return await self._tournaments.bracket(tournament_id, None)
