"""Contexts of the match history's pages."""

from typing import ClassVar

from contracts.history.matches import MatchRecord, Outcome
from contracts.history.modes import PlayersMode
from contracts.pages import Page as ListPage
from contracts.tournament.live import MatchStatus
from contracts.tournament.tournaments import Placing
from ui.pages import Page


class HistoryPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "matches/history.html"
    parts: ClassVar[tuple[str, ...]] = ("match_results", "more_matches")

    mode: PlayersMode | None
    outcome: Outcome | None
    matches: list[MatchRecord]
    next_cursor: str | None
    continued: bool
    """Whether this is a later page than the first."""
    username: str
    placings: ListPage[Placing] | None = None
    """None if tournament is unavailable, and on later pages."""


class MatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "matches/match.html"

    match: MatchRecord


class MatchNotStoredPage(Page, frozen=True, kw_only=True):
    """A finished match that history has not stored yet."""

    template: ClassVar[str] = "matches/arriving.html"

    match: MatchStatus
