"""What the history pages show."""

from typing import ClassVar

from ui.clients.games import LiveMatch
from ui.clients.history import Match, Mode, Outcome
from ui.clients.tournaments import Placings
from ui.pages import Page


class HistoryPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "matches/history.html"
    parts: ClassVar[tuple[str, ...]] = ("match_results", "more_matches")

    mode: Mode | None
    outcome: Outcome | None
    matches: list[Match]
    next_cursor: str | None
    continued: bool
    """Not the newest matches: a page further down."""
    username: str
    placings: Placings | None = None
    """None where tournament is not answering, and further down."""


class MatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "matches/match.html"

    match: Match


class ArrivingPage(Page, frozen=True, kw_only=True):
    """A match that is over, but not in the history yet."""

    template: ClassVar[str] = "matches/arriving.html"

    match: LiveMatch
