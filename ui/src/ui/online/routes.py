"""Routes of the game page of an online match."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from transcendence_common.identity import Player
from ui.clients.games import GamesClient
from ui.links import urls
from ui.online.invitations import INVITATION_ROUTES
from ui.online.notifications import show_notifications
from ui.online.pages import OnlineMatchPage, VoidMatchPage
from ui.online.queue import QUEUE_ROUTES
from ui.online.state import MatchStateAnswer, match_or_none, match_page_of, match_state_answer
from ui.pages import PageRequest, render
from ui.redirects import redirect_page
from ui.session.state import session_of


@get("/online/{match_id:uuid}")
async def show_online_match(
    request: PageRequest,
    match_id: FromPath[UUID],
    player: NamedDependency[Player],
    games: NamedDependency[GamesClient],
) -> Response[Any]:
    match = await match_or_none(games, match_id, session_of(request).required_access_token())
    if match is None:
        # Tournament deletes old matches; history's page tells whether there was one.
        return redirect_page(request, urls.match(match_id))
    where = match_page_of(match, player)
    if where != urls.online_match(match_id):
        return redirect_page(request, where)
    if match.state == "void":
        return render(request, VoidMatchPage(match=match))
    return render(request, OnlineMatchPage(match=match))


@get("/online/{match_id:uuid}/state", media_type="application/json")
async def match_state(
    request: PageRequest,
    match_id: FromPath[UUID],
    player: NamedDependency[Player],
    games: NamedDependency[GamesClient],
) -> Response[MatchStateAnswer]:
    match = await games.match(match_id, session_of(request).required_access_token())
    return match_state_answer(match, player)


ONLINE_ROUTES = [
    show_online_match,
    match_state,
    show_notifications,
    *QUEUE_ROUTES,
    *INVITATION_ROUTES,
]
