"""What is shown to whoever only looks on."""

from typing import ClassVar

from contracts.tournament.live import LiveMatchSummary, MatchStatus
from ui.pages import Page


class WatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "watch/watch.html"
    parts: ClassVar[tuple[str, ...]] = ("running", "more_running")

    matches: list[LiveMatchSummary]
    next_cursor: str | None
    continued: bool
    """Not the latest to begin: a page further down."""


class WatchMatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "watch/match.html"

    match: MatchStatus


class NotOnPage(Page, frozen=True, kw_only=True):
    """There is nothing to look at: the match is over, or was never there."""

    template: ClassVar[str] = "watch/not_on.html"

    match: MatchStatus | None
    replay: str
    """Where history shows it, if it was played."""
