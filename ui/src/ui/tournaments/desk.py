"""The organiser's desk: open it, start it, cancel it, invite people."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Template

from contracts.tournament.problems import TournamentCode
from contracts.tournament.tournaments import TournamentShown
from ui.account_settings.forms import FormState
from ui.clients.backend import BackendDown, Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import flash
from ui.links import urls
from ui.pages import PageRequest, render
from ui.redirects import go_to
from ui.session.state import session_of
from ui.tournaments.access import organised
from ui.tournaments.pages import DeskPage
from ui.tournaments.reasons import ReasonForm, complaint_about
from ui.tournaments.refusals import refused_form, said_there


@get("/tournaments/{tournament_id:uuid}/desk")
async def show_desk(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Template:
    tournament = await organised(request, tournaments, tournament_id)
    return render(request, DeskPage(tournament=tournament, link=_link(request, tournament)))


@post("/tournaments/{tournament_id:uuid}/open")
async def open_entries(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament_desk(tournament_id)
    try:
        await tournaments.open_entries(tournament_id, session.bearer())
    except Refused as refused:
        return said_there(request, refused, _way_out(refused, tournament_id))
    flash(session, "tournament_opened")
    return go_to(request, where)


@post("/tournaments/{tournament_id:uuid}/start")
async def start(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    """On to where it goes on: the bracket, or the keyboard."""
    session = session_of(request)
    try:
        started = await tournaments.start(tournament_id, session.bearer())
    except Refused as refused:
        return said_there(request, refused, _way_out(refused, tournament_id))
    if started.kind == "hotseat":
        return go_to(request, urls.hotseat(tournament_id))
    flash(session, "tournament_started")
    return go_to(request, urls.tournament_bracket(tournament_id))


@post("/tournaments/{tournament_id:uuid}/cancel")
async def cancel(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[ReasonForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    wrong = complaint_about(data)
    if wrong is None:
        try:
            await tournaments.cancel(tournament_id, data.said(), session.bearer())
        except Refused as refused:
            if not refused.errors:
                return said_there(request, refused, _way_out(refused, tournament_id))
            wrong = refused_form(refused, {"reason": data.reason})
        except BackendDown as down:
            wrong = refused_form(down, {"reason": data.reason})
        else:
            flash(session, "tournament_cancelled")
            return go_to(request, urls.tournament(tournament_id))
    return await _desk_again(request, tournaments, tournament_id, wrong)


async def _desk_again(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID, wrong: FormState
) -> Template:
    tournament = await organised(request, tournaments, tournament_id)
    page = DeskPage(tournament=tournament, link=_link(request, tournament), form=wrong)
    return render(request, page, status=wrong.status)


def _link(request: PageRequest, tournament: TournamentShown) -> str:
    path = urls.tournament(tournament.id, tournament.invitation)
    return f"https://{request.headers.get('Host', '')}{path}"


def _way_out(refused: Refused, tournament_id: UUID) -> str:
    """Who does not organise it has no desk to be led to."""
    not_theirs = refused.code == TournamentCode.NOT_ORGANISER
    return urls.tournament(tournament_id) if not_theirs else urls.tournament_desk(tournament_id)


DESK = [show_desk, open_entries, start, cancel]
