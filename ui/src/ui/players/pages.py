"""What is shown of players."""

from typing import ClassVar, Final

from contracts.auth.profiles import FoundPlayer, PublicProfile
from contracts.history.matches import MatchRecord
from contracts.history.players import Opponent, PlayerStats
from contracts.history.ratings import Standing
from contracts.pages import Page as ListPage
from contracts.tournament.tournaments import Placing
from ui.pages import Page
from ui.play.choices import FIRST_POINTS, POINTS_CHOICES
from ui.players.rating_chart import RatingChart

SHORTEST_QUERY: Final = 2


class PlayerPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "players/player.html"
    parts: ClassVar[tuple[str, ...]] = ("friendship", "more_placings")

    profile: PublicProfile
    points_choices: tuple[int, ...] = POINTS_CHOICES
    points: int = FIRST_POINTS
    stats: PlayerStats | None = None
    """None where history is not answering, or knows nothing of the player; the same with all that follows."""
    rating: Standing | None = None
    chart: RatingChart | None = None
    opponents: list[Opponent] | None = None
    matches: list[MatchRecord] | None = None
    """Visitors are not shown any."""
    placings: ListPage[Placing] | None = None
    """None where tournament is not answering."""
    placings_continued: bool = False
    """Not the latest tournaments: a page further down."""


class PlayersPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "players/search.html"
    parts: ClassVar[tuple[str, ...]] = ("players_found",)

    query: str
    found: list[FoundPlayer] | None
    """None where nothing was looked for."""
    has_more: bool = False
    shortest_query: int = SHORTEST_QUERY
