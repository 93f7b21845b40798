"""Routes of the play pages, and of their scripts' calls: get a ticket, and submit the finished match."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, RawBody
from litestar.response import Template

from contracts.history.matches import MatchRecord
from contracts.history.tickets import IssuedTicket, TicketRequest
from transcendence_common.identity import Player
from ui.caching import NO_STORE
from ui.clients.history import HistoryClient
from ui.pages import PageRequest, render
from ui.play.choices import DEFAULT_LEVEL, DEFAULT_OPPONENT, DEFAULT_POINTS
from ui.play.pages import computer_play_page, local_play_page
from ui.play.submission import access_token_for_script, parse_finished_match


@get("/play/computer")
async def show_play_computer(
    request: PageRequest,
    player: NamedDependency[Player],
    level: FromQuery[str] = DEFAULT_LEVEL,
    points: FromQuery[int] = DEFAULT_POINTS,
) -> Template:
    return render(request, computer_play_page(player, level, points))


@get("/play/local")
async def show_play_local(
    request: PageRequest,
    player: NamedDependency[Player],
    opponent_name: FromQuery[str] = DEFAULT_OPPONENT,
    points: FromQuery[int] = DEFAULT_POINTS,
) -> Template:
    return render(request, local_play_page(player, opponent_name, points))


@post("/play/tickets", status_code=201)
async def issue_ticket(
    request: PageRequest, data: JSONBody[TicketRequest], history: NamedDependency[HistoryClient]
) -> Response[IssuedTicket]:
    ticket = await history.issue_ticket(data, access_token_for_script(request))
    return Response(ticket, headers=NO_STORE)


@post("/play/matches", status_code=200)
async def finish_match(
    request: PageRequest, body: RawBody, history: NamedDependency[HistoryClient]
) -> Response[MatchRecord]:
    """Submit a match. The answer to a repeated submission is the same, because the page treats both alike."""
    token = access_token_for_script(request)
    match = await history.finish_match(parse_finished_match(body), token)
    return Response(match, headers=NO_STORE)


PLAY_ROUTES = [show_play_computer, show_play_local, issue_ticket, finish_match]
