"""The form that changes a tournament before its start."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from contracts.tournament.tournaments import CHANGEABLE_WHILE_OPEN, TournamentDetails
from ui.account_settings.forms import FormState
from ui.clients.backend import BackendDown, Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import set_notice
from ui.links import urls
from ui.pages import PageRequest, render
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.access import load_organised_tournament
from ui.tournaments.errors import refused_form
from ui.tournaments.forms import (
    InvalidForm,
    TournamentForm,
    change_from,
    errors_by_form_field,
    has_error_under_more,
    read_settings,
    stored_form,
)
from ui.tournaments.pages import EditPage


@get("/tournaments/{tournament_id:uuid}/edit")
async def show_edit(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    tournament = await load_organised_tournament(request, tournaments, tournament_id)
    if tournament.kind != "online" or not tournament.may("change"):
        set_notice(session_of(request), "tournament_not_now")
        return redirect_page(request, urls.tournament_manage(tournament_id))
    return render(request, EditPage(tournament=tournament, form=stored_form(tournament)))


@post("/tournaments/{tournament_id:uuid}/edit")
async def edit_tournament(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[TournamentForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    tournament = await load_organised_tournament(request, tournaments, tournament_id)
    form = _completed_form(tournament, data)
    try:
        wanted = change_from(read_settings(form), tournament.state)
        await tournaments.change_tournament(tournament_id, wanted, session.required_access_token())
    except InvalidForm as mistakes:
        return _show_form_again(
            request, tournament, form, FormState(status=400, errors=mistakes.errors)
        )
    except (BackendDown, Refused) as error:
        return _show_form_again(request, tournament, form, refused_form(error, {}))
    set_notice(session, "tournament_changed")
    return redirect_page(request, urls.tournament_manage(tournament_id))


def _completed_form(tournament: TournamentDetails, form: TournamentForm) -> TournamentForm:
    """Return the form, completed with stored values: an open tournament's form has only the fields that may still
    change."""
    if tournament.state == "draft":
        return form
    stored = msgspec.convert(stored_form(tournament).values, TournamentForm)
    typed = {field: getattr(form, field) for field in CHANGEABLE_WHILE_OPEN}
    return msgspec.structs.replace(stored, **typed)


def _show_form_again(
    request: PageRequest, tournament: TournamentDetails, form: TournamentForm, state: FormState
) -> Response[Any]:
    errors = errors_by_form_field(state.errors, form)
    again = msgspec.structs.replace(state, values=form.typed_values(), errors=errors)
    page = EditPage(tournament=tournament, form=again, more_open=has_error_under_more(errors))
    return render(request, page, status=state.status)


EDITING_ROUTES = [show_edit, edit_tournament]
