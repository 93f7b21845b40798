"""What the history pages show."""

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
    """Not the newest matches: a page further down."""
    username: str
    placings: ListPage[Placing] | None = None
    """None where tournament is not answering, and further down."""


class MatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "matches/match.html"

    match: MatchRecord


class ArrivingPage(Page, frozen=True, kw_only=True):
    """A match that is over, but not in the history yet."""

    template: ClassVar[str] = "matches/arriving.html"

    match: MatchStatus
