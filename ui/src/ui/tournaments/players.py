"""The list of a tournament's players, from which the organiser can remove a player with a reason."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Template

from contracts.tournament.tournaments import EntryDetails, TournamentDetails
from transcendence_common.problems import NotFound
from ui.account_settings.forms import FormState
from ui.clients.backend import BackendDown, Refused
from ui.clients.tournaments import TournamentsClient
from ui.flash import set_notice
from ui.links import urls
from ui.pages import PageRequest, render
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.access import load_organised_tournament, load_tournament
from ui.tournaments.errors import refused_form
from ui.tournaments.pages import PlayersPage, RemovalPage
from ui.tournaments.reasons import ReasonForm, problem_with_reason

ENTRIES_PER_PAGE: Final = 64


@get("/tournaments/{tournament_id:uuid}/players")
async def show_players(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
    cursor: FromQuery[str | None] = None,
) -> Template:
    tournament = await load_tournament(request, tournaments, tournament_id)
    return await show_players_page(request, tournaments, tournament, cursor)


async def show_players_page(
    request: PageRequest,
    tournaments: TournamentsClient,
    tournament: TournamentDetails,
    cursor: str | None = None,
) -> Template:
    token = session_of(request).access_token
    found = await tournaments.entries(tournament.id, token, limit=ENTRIES_PER_PAGE, cursor=cursor)
    page = PlayersPage(
        tournament=tournament,
        entries=found.items,
        next_cursor=found.next_cursor,
        continued=cursor is not None,
    )
    return render(request, page)


@get("/tournaments/{tournament_id:uuid}/players/{entry_id:uuid}/remove")
async def show_removal_form(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Template:
    tournament = await load_organised_tournament(request, tournaments, tournament_id)
    entry = await _find_entry(request, tournaments, tournament_id, entry_id)
    page = RemovalPage(tournament=tournament, entry_id=entry_id, name=entry.name)
    return render(request, page)


@post("/tournaments/{tournament_id:uuid}/players/{entry_id:uuid}/remove")
async def remove_player(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    data: URLEncodedBody[ReasonForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    wrong = problem_with_reason(data)
    if wrong is None:
        try:
            await tournaments.disqualify(
                tournament_id, entry_id, data.stripped_reason(), session.required_access_token()
            )
        except (BackendDown, Refused) as error:
            wrong = refused_form(error, {"reason": data.reason})
        else:
            set_notice(session, "tournament_removed")
            return redirect_page(request, urls.tournament_players(tournament_id))
    return await _show_removal_form_again(request, tournaments, tournament_id, entry_id, wrong)


async def _show_removal_form_again(
    request: PageRequest,
    tournaments: TournamentsClient,
    tournament_id: UUID,
    entry_id: UUID,
    wrong: FormState,
) -> Template:
    tournament = await load_organised_tournament(request, tournaments, tournament_id)
    entry = await _find_entry(request, tournaments, tournament_id, entry_id)
    page = RemovalPage(tournament=tournament, entry_id=entry_id, name=entry.name, form=wrong)
    return render(request, page, status=wrong.status)


async def _find_entry(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID, entry_id: UUID
) -> EntryDetails:
    for entry in await all_entries(request, tournaments, tournament_id):
        if entry.id == entry_id:
            return entry
    raise NotFound("This player isn’t in the tournament; they may have left.")


async def all_entries(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID
) -> list[EntryDetails]:
    """Return the entries of all pages, loaded one after the other: at most 11 pages."""
    token = session_of(request).access_token
    found = await tournaments.entries(tournament_id, token, limit=MOST_ENTRIES_PER_PAGE)
    entries = found.items
    while found.next_cursor:
        found = await tournaments.entries(
            tournament_id, token, limit=MOST_ENTRIES_PER_PAGE, cursor=found.next_cursor
        )
        entries = [*entries, *found.items]
    return entries


MOST_ENTRIES_PER_PAGE: Final = 100

PLAYER_ROUTES = [show_players, show_removal_form, remove_player]
