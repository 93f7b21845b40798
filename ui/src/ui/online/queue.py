"""Routes of the queue for an online match."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from contracts.tournament.matchmaking import Wish
from contracts.tournament.problems import TournamentCode
from ui.clients.backend import Refused
from ui.clients.games import GamesClient
from ui.flash import flash
from ui.formats import clock
from ui.links import urls
from ui.online.current import current_match, queue_place
from ui.online.errors import redirect_with_notice
from ui.online.pages import WaitingPage
from ui.pages import PageRequest, render, wanted_part
from ui.redirects import go_to
from ui.session.state import session_of


@post("/online/queue")
async def enqueue(
    request: PageRequest, data: URLEncodedBody[Wish], games: NamedDependency[GamesClient]
) -> Response[Any]:
    try:
        await games.enqueue(data, session_of(request).bearer())
    except Refused as refused:
        return redirect_with_notice(request, refused, urls.lobby)
    return go_to(request, urls.online)


@get("/online")
async def wait(request: PageRequest, games: NamedDependency[GamesClient]) -> Response[Any]:
    """Show the player's place in the queue, and redirect to the match once it exists. The page asks again every few
    seconds."""
    session = session_of(request)
    token = session.bearer()
    place, match_id = await asyncio.gather(queue_place(games, token), current_match(games, token))
    if match_id:
        return go_to(request, urls.online_match(match_id))
    if place is not None:
        waited = clock((datetime.now(UTC) - place.since).total_seconds())
        return render(request, WaitingPage(place=place, waited=waited))
    # A polling page is answered in place: a redirect to the lobby would interrupt the form that left the queue, which
    # is on its way there with the same notice.
    if wanted_part(request, WaitingPage.parts):
        return render(request, WaitingPage(place=None, waited=""))
    flash(session, "queue_left")
    return go_to(request, urls.lobby)


@post("/online/queue/leave")
async def leave(request: PageRequest, games: NamedDependency[GamesClient]) -> Response[Any]:
    """Leave the queue and go to the lobby, or to the match if an opponent was found first."""
    session = session_of(request)
    token = session.bearer()
    try:
        await games.leave_queue(token)
    except Refused as refused:
        if refused.code != TournamentCode.NOT_QUEUED:
            raise
    match_id = await current_match(games, token)
    if match_id:
        return go_to(request, urls.online_match(match_id))
    flash(session, "queue_left")
    return go_to(request, urls.lobby)


QUEUE = [enqueue, wait, leave]
