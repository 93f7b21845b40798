"""Contexts of the pages for spectators."""

from typing import ClassVar

from contracts.tournament.live import LiveMatchSummary, MatchStatus
from ui.pages import Page


class WatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "watch/watch.html"
    parts: ClassVar[tuple[str, ...]] = ("running", "more_running")

    matches: list[LiveMatchSummary]
    next_cursor: str | None
    continued: bool
    """Whether this is a later page than the first."""


class WatchMatchPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "watch/match.html"

    match: MatchStatus


class MatchNotRunningPage(Page, frozen=True, kw_only=True):
    """The page of a match that cannot be watched: it has ended, or never existed."""

    template: ClassVar[str] = "watch/not_on.html"

    match: MatchStatus | None
    replay: str
    """The address of its replay, if it was played."""
