"""Routes of the play pages, and of their scripts' calls: get a ticket, and submit the finished match."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, RawBody
from litestar.response import Template

from contracts.history.matches import MatchRecord
from contracts.history.tickets import IssuedTicket, TicketRequest
from transcendence_common.identity import Player
from ui.caching import NOT_KEPT
from ui.clients.history import HistoryClient
from ui.pages import PageRequest, render
from ui.play.choices import DEFAULT_OPPONENT, FIRST_LEVEL, FIRST_POINTS
from ui.play.pages import against_computer, side_by_side
from ui.play.submission import read_finished, script_token


@get("/play/computer")
async def show_play_computer(
    request: PageRequest,
    player: NamedDependency[Player],
    level: FromQuery[str] = FIRST_LEVEL,
    points: FromQuery[int] = FIRST_POINTS,
) -> Template:
    return render(request, against_computer(player, level, points))


@get("/play/local")
async def show_play_local(
    request: PageRequest,
    player: NamedDependency[Player],
    opponent_name: FromQuery[str] = DEFAULT_OPPONENT,
    points: FromQuery[int] = FIRST_POINTS,
) -> Template:
    return render(request, side_by_side(player, opponent_name, points))


@post("/play/tickets", status_code=201)
async def open_ticket(
    request: PageRequest, data: JSONBody[TicketRequest], history: NamedDependency[HistoryClient]
) -> Response[IssuedTicket]:
    ticket = await history.open_ticket(data, script_token(request))
    return Response(ticket, headers=NOT_KEPT)


@post("/play/matches", status_code=200)
async def finish_match(
    request: PageRequest, body: RawBody, history: NamedDependency[HistoryClient]
) -> Response[MatchRecord]:
    """Submit a match. The answer to a repeated submission is the same, because the page treats both alike."""
    token = script_token(request)
    match = await history.finish_match(read_finished(body), token)
    return Response(match, headers=NOT_KEPT)


PLAY = [show_play_computer, show_play_local, open_ticket, finish_match]
