"""The manage page: opens, starts and cancels a tournament, and shows the link to invite players."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Template

from contracts.tournament.problems import TournamentCode
from contracts.tournament.tournaments import TournamentDetails
from ui.account_settings.forms import FormState
from ui.clients.backend import BackendDown, Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import set_notice
from ui.links import urls
from ui.pages import PageRequest, render
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.access import load_organised_tournament
from ui.tournaments.errors import redirect_with_refusal, refused_form
from ui.tournaments.pages import ManagePage
from ui.tournaments.reasons import ReasonForm, problem_with_reason


@get("/tournaments/{tournament_id:uuid}/manage")
async def show_manage(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Template:
    tournament = await load_organised_tournament(request, tournaments, tournament_id)
    return render(
        request, ManagePage(tournament=tournament, link=_invitation_link(request, tournament))
    )


@post("/tournaments/{tournament_id:uuid}/open")
async def open_entries(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    where = urls.tournament_manage(tournament_id)
    try:
        await tournaments.open_entries(tournament_id, session.required_access_token())
    except Refused as refused:
        return redirect_with_refusal(request, refused, _page_for_refusal(refused, tournament_id))
    set_notice(session, "tournament_opened")
    return redirect_page(request, where)


@post("/tournaments/{tournament_id:uuid}/start")
async def start_tournament(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    """Start the tournament, and redirect to the bracket or the hotseat page."""
    session = session_of(request)
    try:
        started = await tournaments.start_tournament(tournament_id, session.required_access_token())
    except Refused as refused:
        return redirect_with_refusal(request, refused, _page_for_refusal(refused, tournament_id))
    if started.kind == "hotseat":
        return redirect_page(request, urls.hotseat(tournament_id))
    set_notice(session, "tournament_started")
    return redirect_page(request, urls.tournament_bracket(tournament_id))


@post("/tournaments/{tournament_id:uuid}/cancel")
async def cancel_tournament(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[ReasonForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    wrong = problem_with_reason(data)
    if wrong is None:
        try:
            await tournaments.cancel_tournament(
                tournament_id, data.stripped_reason(), session.required_access_token()
            )
        except Refused as refused:
            if not refused.errors:
                return redirect_with_refusal(
                    request, refused, _page_for_refusal(refused, tournament_id)
                )
            wrong = refused_form(refused, {"reason": data.reason})
        except BackendDown as down:
            wrong = refused_form(down, {"reason": data.reason})
        else:
            set_notice(session, "tournament_cancelled")
            return redirect_page(request, urls.tournament(tournament_id))
    return await _show_manage_again(request, tournaments, tournament_id, wrong)


async def _show_manage_again(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID, wrong: FormState
) -> Template:
    tournament = await load_organised_tournament(request, tournaments, tournament_id)
    page = ManagePage(tournament=tournament, link=_invitation_link(request, tournament), form=wrong)
    return render(request, page, status=wrong.status)


def _invitation_link(request: PageRequest, tournament: TournamentDetails) -> str:
    path = urls.tournament(tournament.id, tournament.invitation)
    return f"https://{request.headers.get('Host', '')}{path}"


def _page_for_refusal(refused: Refused, tournament_id: UUID) -> str:
    """Return the page to show an error on: the overview for players who do not organise the tournament, else the manage
    page."""
    not_theirs = refused.code == TournamentCode.NOT_ORGANISER
    return urls.tournament(tournament_id) if not_theirs else urls.tournament_manage(tournament_id)


MANAGE_ROUTES = [show_manage, open_entries, start_tournament, cancel_tournament]
