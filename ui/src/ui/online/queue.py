"""Routes of the queue for an online match."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from contracts.tournament.matchmaking import MatchWish
from contracts.tournament.problems import TournamentCode
from ui.clients.backend import Refused
from ui.clients.games import GamesClient
from ui.flash import set_notice
from ui.formats import clock
from ui.links import urls
from ui.online.current import current_match_id, queue_place_or_none
from ui.online.errors import redirect_with_refusal
from ui.online.pages import WaitingPage
from ui.pages import PageRequest, render, requested_part
from ui.redirects import redirect_page
from ui.session.state import session_of


@post("/online/queue")
async def join_queue(
    request: PageRequest, data: URLEncodedBody[MatchWish], games: NamedDependency[GamesClient]
) -> Response[Any]:
    try:
        await games.join_queue(data, session_of(request).required_access_token())
    except Refused as refused:
        return redirect_with_refusal(request, refused, urls.lobby)
    return redirect_page(request, urls.online)


@get("/online")
async def show_queue_place(
    request: PageRequest, games: NamedDependency[GamesClient]
) -> Response[Any]:
    """Show the player's place in the queue, and redirect to the match once it exists. The page asks again every few
    seconds."""
    session = session_of(request)
    token = session.required_access_token()
    place = await queue_place_or_none(games, token)
    # Asked afterwards: asked at the same time, a player who is paired just then would have neither.
    match_id = None if place else await current_match_id(games, token)
    if match_id:
        return redirect_page(request, urls.online_match(match_id))
    if place is not None:
        waited = clock((datetime.now(UTC) - place.since).total_seconds())
        return render(request, WaitingPage(place=place, waited=waited))
    # A polling page is answered in place: a redirect to the lobby would interrupt the form that left the queue, which
    # is on its way there with the same notice.
    if requested_part(request, WaitingPage.parts):
        return render(request, WaitingPage(place=None, waited=""))
    set_notice(session, "queue_left")
    return redirect_page(request, urls.lobby)


@post("/online/queue/leave")
async def leave_queue(request: PageRequest, games: NamedDependency[GamesClient]) -> Response[Any]:
    """Leave the queue and go to the lobby, or to the match if an opponent was found first."""
    session = session_of(request)
    token = session.required_access_token()
    try:
        await games.leave_queue(token)
    except Refused as refused:
        if refused.code != TournamentCode.NOT_QUEUED:
            raise
    match_id = await current_match_id(games, token)
    if match_id:
        return redirect_page(request, urls.online_match(match_id))
    set_notice(session, "queue_left")
    return redirect_page(request, urls.lobby)


QUEUE_ROUTES = [join_queue, show_queue_place, leave_queue]
