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
from ui.flash import flash
from ui.links import urls
from ui.pages import PageRequest, render
from ui.redirects import go_to
from ui.session.state import session_of
from ui.tournaments.access import organised, seen
from ui.tournaments.errors import refused_form
from ui.tournaments.pages import PlayersPage, RemovalPage
from ui.tournaments.reasons import ReasonForm, problem_with

ENTRIES_A_PAGE: Final = 64


@get("/tournaments/{tournament_id:uuid}/players")
async def show_players(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
    cursor: FromQuery[str | None] = None,
) -> Template:
    tournament = await seen(request, tournaments, tournament_id)
    return await players_page(request, tournaments, tournament, cursor)


async def players_page(
    request: PageRequest,
    tournaments: TournamentsClient,
    tournament: TournamentDetails,
    cursor: str | None = None,
) -> Template:
    token = session_of(request).access_token
    found = await tournaments.entries(tournament.id, token, limit=ENTRIES_A_PAGE, cursor=cursor)
    page = PlayersPage(
        tournament=tournament,
        entries=found.items,
        next_cursor=found.next_cursor,
        continued=cursor is not None,
    )
    return render(request, page)


@get("/tournaments/{tournament_id:uuid}/players/{entry_id:uuid}/remove")
async def ask_why(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
) -> Template:
    tournament = await organised(request, tournaments, tournament_id)
    entry = await _entry(request, tournaments, tournament_id, entry_id)
    page = RemovalPage(tournament=tournament, entry_id=entry_id, name=entry.name)
    return render(request, page)


@post("/tournaments/{tournament_id:uuid}/players/{entry_id:uuid}/remove")
async def remove(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    data: URLEncodedBody[ReasonForm],
    tournaments: NamedDependency[TournamentsClient],
) -> Response[Any]:
    session = session_of(request)
    wrong = problem_with(data)
    if wrong is None:
        try:
            await tournaments.disqualify(tournament_id, entry_id, data.said(), session.bearer())
        except (BackendDown, Refused) as error:
            wrong = refused_form(error, {"reason": data.reason})
        else:
            flash(session, "tournament_removed")
            return go_to(request, urls.tournament_players(tournament_id))
    return await _ask_again(request, tournaments, tournament_id, entry_id, wrong)


async def _ask_again(
    request: PageRequest,
    tournaments: TournamentsClient,
    tournament_id: UUID,
    entry_id: UUID,
    wrong: FormState,
) -> Template:
    tournament = await organised(request, tournaments, tournament_id)
    entry = await _entry(request, tournaments, tournament_id, entry_id)
    page = RemovalPage(tournament=tournament, entry_id=entry_id, name=entry.name, form=wrong)
    return render(request, page, status=wrong.status)


async def _entry(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID, entry_id: UUID
) -> EntryDetails:
    for entry in await everybody(request, tournaments, tournament_id):
        if entry.id == entry_id:
            return entry
    raise NotFound("This player isn’t in the tournament; they may have left.")


async def everybody(
    request: PageRequest, tournaments: TournamentsClient, tournament_id: UUID
) -> list[EntryDetails]:
    """Return the entries of all pages, loaded one after the other: at most 11 pages."""
    token = session_of(request).access_token
    found = await tournaments.entries(tournament_id, token, limit=MOST_ON_A_PAGE)
    entries = found.items
    while found.next_cursor:
        found = await tournaments.entries(
            tournament_id, token, limit=MOST_ON_A_PAGE, cursor=found.next_cursor
        )
        entries = [*entries, *found.items]
    return entries


MOST_ON_A_PAGE: Final = 100

PLAYERS = [show_players, ask_why, remove]
