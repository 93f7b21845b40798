"""The leaderboard page."""

import asyncio
from typing import ClassVar, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from contracts.history.ratings import CurrentStanding, LeaderboardLine
from transcendence_common.identity import Player
from ui.clients.backend import none_if_unavailable
from ui.clients.history import HistoryClient
from ui.clients.public_lists import PublicLists
from ui.pages import Page, PageRequest, render
from ui.session.state import session_of

PLAYERS_PER_PAGE: Final = 50


class LeaderboardPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "leaderboard.html"
    parts: ClassVar[tuple[str, ...]] = ("more_players",)

    players: list[LeaderboardLine]
    next_cursor: str | None
    continued: bool
    """Whether this is a later page than the first."""
    own: CurrentStanding | None
    """The player's own rating; also None if history is unavailable."""


@get("/leaderboard")
async def show_leaderboard(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    history: NamedDependency[HistoryClient],
    public_lists: NamedDependency[PublicLists],
    cursor: FromQuery[str | None] = None,
) -> Template:
    token = session_of(request).access_token
    board, own = await asyncio.gather(
        public_lists.leaderboard(limit=PLAYERS_PER_PAGE)
        if cursor is None
        else history.leaderboard(token, limit=PLAYERS_PER_PAGE, cursor=cursor),
        _own_rating(history, visitor, token),
    )
    page = LeaderboardPage(
        players=board.items,
        next_cursor=board.next_cursor,
        continued=cursor is not None,
        own=own,
    )
    return render(request, page)


async def _own_rating(
    history: HistoryClient, visitor: Player | None, token: str | None
) -> CurrentStanding | None:
    return await none_if_unavailable(history.rating(visitor.id, token)) if visitor else None
