"""Home of a signed-in player: start a match, see the last ones."""

from typing import ClassVar, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from ui.clients.backend import BackendDown
from ui.clients.history import HistoryClient, Match
from ui.pages import Page, PageRequest, render
from ui.play.choices import (
    DEFAULT_OPPONENT,
    FIRST_LEVEL,
    FIRST_POINTS,
    LEVELS,
    LONGEST_NAME,
    POINTS_CHOICES,
)
from ui.session.state import session_of

RECENT_MATCHES: Final = 5


class LobbyPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "lobby.html"

    levels: tuple[str, ...] = LEVELS
    points_choices: tuple[int, ...] = POINTS_CHOICES
    level: str
    points: int
    opponent_name: str = DEFAULT_OPPONENT
    longest_name: int = LONGEST_NAME
    recent: list[Match] | None
    """None where history is not answering."""


@get("/lobby")
async def show_lobby(request: PageRequest, history: NamedDependency[HistoryClient]) -> Template:
    recent = await _recent_matches(history, session_of(request).bearer())
    level, points = _last_choice(recent or [])
    return render(request, LobbyPage(recent=recent, level=level, points=points))


async def _recent_matches(history: HistoryClient, token: str) -> list[Match] | None:
    try:
        page = await history.matches(token, limit=RECENT_MATCHES)
    except BackendDown:
        return None
    return page.items


def _last_choice(recent: list[Match]) -> tuple[str, int]:
    """The form opens as the player left it."""
    level = next((match.level for match in recent if match.level in LEVELS), None)
    points = recent[0].points if recent else FIRST_POINTS
    return level or FIRST_LEVEL, points
