"""Routes of the game page of an online match."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from transcendence_common.identity import Player
from ui.clients.games import GamesClient
from ui.links import urls
from ui.online.invitations import INVITATIONS
from ui.online.notifications import show_notifications
from ui.online.pages import CourtPage, VoidPage
from ui.online.queue import QUEUE
from ui.online.state import StateOfMatch, match_or_none, place_of, state_of
from ui.pages import PageRequest, render
from ui.redirects import go_to
from ui.session.state import session_of


@get("/online/{match_id:uuid}")
async def show_court(
    request: PageRequest,
    match_id: FromPath[UUID],
    player: NamedDependency[Player],
    games: NamedDependency[GamesClient],
) -> Response[Any]:
    match = await match_or_none(games, match_id, session_of(request).bearer())
    if match is None:
        # Tournament deletes old matches; history's page tells whether there was one.
        return go_to(request, urls.match(match_id))
    where = place_of(match, player)
    if where != urls.online_match(match_id):
        return go_to(request, where)
    if match.state == "void":
        return render(request, VoidPage(match=match))
    return render(request, CourtPage(match=match))


@get("/online/{match_id:uuid}/state", media_type="application/json")
async def show_state(
    request: PageRequest,
    match_id: FromPath[UUID],
    player: NamedDependency[Player],
    games: NamedDependency[GamesClient],
) -> Response[StateOfMatch]:
    match = await games.match(match_id, session_of(request).bearer())
    return state_of(match, player)


ONLINE = [show_court, show_state, show_notifications, *QUEUE, *INVITATIONS]
