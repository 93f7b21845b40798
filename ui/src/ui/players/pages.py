"""Contexts of the profile and search pages."""

from typing import ClassVar, Final

from contracts.auth.profiles import FoundPlayer, PublicProfile
from contracts.history.overviews import PlayerOverview
from contracts.pages import Page as ListPage
from contracts.tournament.tournaments import Placing
from ui.pages import Page
from ui.play.choices import DEFAULT_POINTS, POINTS_CHOICES
from ui.players.rating_chart import RatingChart

SHORTEST_QUERY: Final = 2


class PlayerPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "players/player.html"
    parts: ClassVar[tuple[str, ...]] = ("friendship", "more_placings")

    profile: PublicProfile
    points_choices: tuple[int, ...] = POINTS_CHOICES
    points: int = DEFAULT_POINTS
    overview: PlayerOverview | None = None
    """None if history is unavailable."""
    chart: RatingChart | None = None
    placings: ListPage[Placing] | None = None
    """None if tournament is unavailable."""
    placings_continued: bool = False
    """Whether the tournaments are a later page than the first."""


class PlayersPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "players/search.html"
    parts: ClassVar[tuple[str, ...]] = ("players_found",)

    query: str
    found: list[FoundPlayer] | None
    """None if there was no search."""
    has_more: bool = False
    shortest_query: int = SHORTEST_QUERY
