"""The lobby, a signed-in player's start page: start a match, answer challenges, see live matches and recent ones."""

import asyncio
from typing import ClassVar, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from contracts.history.matches import MatchRecord
from contracts.history.ratings import CurrentStanding
from contracts.tournament.live import LiveMatchSummary
from contracts.tournament.tournaments import TournamentSummary
from transcendence_common.identity import Player
from ui.clients.backend import none_if_unavailable
from ui.clients.games import GamesClient
from ui.clients.history import HistoryClient
from ui.clients.public_lists import PublicLists
from ui.online.notifications import PendingActions, pending_actions_of
from ui.pages import Page, PageRequest, render, requested_part
from ui.play.choices import (
    DEFAULT_LEVEL,
    DEFAULT_OPPONENT,
    DEFAULT_POINTS,
    LEVELS,
    LONGEST_OPPONENT_NAME,
    POINTS_CHOICES,
)
from ui.session.state import session_of

RECENT_MATCHES: Final = 5
RUNNING_MATCHES: Final = 3
OPEN_TOURNAMENTS: Final = 3


class LobbyPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "lobby.html"
    parts: ClassVar[tuple[str, ...]] = ("calls",)

    levels: tuple[str, ...] = LEVELS
    points_choices: tuple[int, ...] = POINTS_CHOICES
    level: str = DEFAULT_LEVEL
    points: int = DEFAULT_POINTS
    opponent_name: str = DEFAULT_OPPONENT
    longest_name: int = LONGEST_OPPONENT_NAME
    calls: PendingActions | None
    """None if tournament is unavailable."""
    running: list[LiveMatchSummary] | None = None
    """None if tournament is unavailable."""
    tournaments: list[TournamentSummary] | None = None
    """The newest that are open; None if tournament is unavailable."""
    rating: CurrentStanding | None = None
    """None if history is unavailable."""
    recent: list[MatchRecord] | None = None
    """None if history is unavailable."""


@get("/lobby")
async def show_lobby(
    request: PageRequest,
    player: NamedDependency[Player],
    history: NamedDependency[HistoryClient],
    games: NamedDependency[GamesClient],
    public_lists: NamedDependency[PublicLists],
) -> Template:
    token = session_of(request).required_access_token()
    if requested_part(request, LobbyPage.parts):
        return render(request, LobbyPage(calls=await pending_actions_of(games, token)))
    calls, running, open_, rating, recent = await asyncio.gather(
        pending_actions_of(games, token),
        none_if_unavailable(public_lists.running_matches(limit=RUNNING_MATCHES)),
        none_if_unavailable(public_lists.open_tournaments(limit=OPEN_TOURNAMENTS)),
        none_if_unavailable(history.rating(player.id, token)),
        none_if_unavailable(history.matches(token, limit=RECENT_MATCHES)),
    )
    level, points = _last_choice(recent.items if recent else [])
    page = LobbyPage(
        level=level,
        points=points,
        calls=calls,
        running=running.items if running else None,
        tournaments=open_.items if open_ else None,
        rating=rating,
        recent=recent.items if recent else None,
    )
    return render(request, page)


def _last_choice(recent: list[MatchRecord]) -> tuple[str, int]:
    """Return the level and points of the player's last match, to preselect them."""
    level = next((match.level for match in recent if match.level in LEVELS), None)
    points = recent[0].points if recent else DEFAULT_POINTS
    return level or DEFAULT_LEVEL, points
