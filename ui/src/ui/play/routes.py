"""The play pages, and the two calls of their scripts: leave to play, and the finished match."""

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import FromQuery, JSONBody, RawBody
from litestar.response import Template

from transcendence_common.identity import Player
from ui.clients.backend import BackendDown
from ui.clients.history import FinishedMatch, HistoryClient, Match, Ticket, TicketRequest
from ui.pages import PageRequest, render
from ui.play.choices import DEFAULT_OPPONENT, FIRST_LEVEL, FIRST_POINTS
from ui.play.pages import against_computer, side_by_side
from ui.session.state import session_of


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
) -> Response[Ticket]:
    ticket = await history.open_ticket(data, _token(request))
    return Response(ticket, headers=NOT_KEPT)


@post("/play/matches", status_code=200)
async def finish_match(
    request: PageRequest, body: RawBody, history: NamedDependency[HistoryClient]
) -> Response[Match]:
    """The same answer for the first time and for a repetition: the page treats them alike."""
    token = _token(request)
    match = await history.finish_match(_read(body), token)
    return Response(match, headers=NOT_KEPT)


def _token(request: PageRequest) -> str:
    session = session_of(request)
    if session.unsure and session.access_token is None:
        # To the script 401 means "sign in again" and 503 "try again": this is the second.
        raise BackendDown("auth")
    return session.bearer()


def _read(body: bytes) -> FinishedMatch:
    # Litestar would decode the whole log only to encode it again; here it stays the bytes that came.
    try:
        return msgspec.json.decode(body, type=FinishedMatch)
    except msgspec.MsgspecError as error:
        raise ValidationException(detail=str(error)) from error


NOT_KEPT = {"Cache-Control": "no-store"}
PLAY = [show_play_computer, show_play_local, open_ticket, finish_match]
