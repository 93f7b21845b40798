"""The form that changes a tournament before its start."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from contracts.tournament.tournaments import CHANGES_WHILE_OPEN, TournamentDetails
from ui.account_settings.forms import FormState
from ui.clients.backend import BackendDown, Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import flash
from ui.links import urls
from ui.pages import PageRequest, render
from ui.redirects import go_to
from ui.session.state import session_of
from ui.tournaments.access import organised
from ui.tournaments.errors import refused_form
from ui.tournaments.forms import (
    InvalidForm,
    TournamentForm,
    as_it_is,
    at_their_fields,
    change,
    needs_more,
    read,
)
from ui.tournaments.pages import EditPage


@get("/tournaments/{tournament_id:uuid}/edit")
async def show_edit(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    tournament = await organised(request, tournaments, tournament_id)
    if tournament.kind != "online" or not tournament.may("change"):
        flash(session_of(request), "tournament_not_now")
        return go_to(request, urls.tournament_manage(tournament_id))
    return render(request, EditPage(tournament=tournament, form=as_it_is(tournament)))


@post("/tournaments/{tournament_id:uuid}/edit")
async def edit(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    data: URLEncodedBody[TournamentForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    tournament = await organised(request, tournaments, tournament_id)
    form = _whole(tournament, data)
    try:
        wanted = change(read(form), tournament.state)
        await tournaments.change(tournament_id, wanted, session.bearer())
    except InvalidForm as mistakes:
        return _again(request, tournament, form, FormState(status=400, errors=mistakes.errors))
    except (BackendDown, Refused) as error:
        return _again(request, tournament, form, refused_form(error, {}))
    flash(session, "tournament_changed")
    return go_to(request, urls.tournament_manage(tournament_id))


def _whole(tournament: TournamentDetails, form: TournamentForm) -> TournamentForm:
    """Return the form, completed with stored values: an open tournament's form has only the fields that may still
    change."""
    if tournament.state == "draft":
        return form
    stored = msgspec.convert(as_it_is(tournament).values, TournamentForm)
    typed = {field: getattr(form, field) for field in CHANGES_WHILE_OPEN}
    return msgspec.structs.replace(stored, **typed)


def _again(
    request: PageRequest, tournament: TournamentDetails, form: TournamentForm, state: FormState
) -> Response[Any]:
    errors = at_their_fields(state.errors, form)
    again = msgspec.structs.replace(state, values=form.typed(), errors=errors)
    page = EditPage(tournament=tournament, form=again, more_open=needs_more(errors))
    return render(request, page, status=state.status)


EDITING = [show_edit, edit]
