"""Routes of the list of live matches, and of watching one."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from transcendence_common.identity import Player
from ui.clients.games import GamesClient
from ui.links import urls
from ui.online.state import MatchStateAnswer, is_player_of, match_or_none, match_state_answer
from ui.pages import PageRequest, render
from ui.session.state import session_of
from ui.watch.pages import MatchNotRunningPage, WatchMatchPage, WatchPage

MATCHES_PER_PAGE: Final = 20


@get("/watch")
async def show_running_matches(
    request: PageRequest,
    games: NamedDependency[GamesClient],
    cursor: FromQuery[str | None] = None,
) -> Template:
    token = session_of(request).access_token
    found = await games.running_matches(token, limit=MATCHES_PER_PAGE, cursor=cursor)
    page = WatchPage(
        matches=found.items, next_cursor=found.next_cursor, continued=cursor is not None
    )
    return render(request, page)


@get("/watch/{match_id:uuid}")
async def watch_match(
    request: PageRequest,
    match_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    games: NamedDependency[GamesClient],
) -> Response[Any]:
    match = await match_or_none(games, match_id, session_of(request).access_token)
    if match is None:
        page = MatchNotRunningPage(match=None, replay=urls.match(match_id))
        return render(request, page, status=HTTPStatus.NOT_FOUND)
    if match.state in {"finished", "void"}:
        return render(request, MatchNotRunningPage(match=match, replay=urls.match(match_id)))
    if visitor and is_player_of(match, visitor):
        return Redirect(urls.online_match(match_id), status_code=303)
    return render(request, WatchMatchPage(match=match))


@get("/watch/{match_id:uuid}/state", media_type="application/json")
async def public_match_state(
    request: PageRequest,
    match_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    games: NamedDependency[GamesClient],
) -> Response[MatchStateAnswer]:
    match = await games.match(match_id, session_of(request).access_token)
    return match_state_answer(match, visitor)


WATCH_ROUTES = [show_running_matches, watch_match, public_match_state]
