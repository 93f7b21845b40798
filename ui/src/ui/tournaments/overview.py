"""The overview page of a tournament: its settings, its state, and the visitor's actions."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from contracts.tournament.tournaments import BracketDetails, TournamentDetails
from ui.clients.backend import none_if_unavailable
from ui.clients.public_lists import PublicLists
from ui.clients.tournaments import TournamentsClient
from ui.pages import PageRequest, render
from ui.session.state import session_of
from ui.tournaments.actions import Visitor, actions_of
from ui.tournaments.pages import OverviewPage
from ui.tournaments.standing import own_pairing, progress_of


@get("/tournaments/{tournament_id:uuid}")
async def show_tournament(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
    public_lists: NamedDependency[PublicLists],
    invitation: FromQuery[str | None] = None,
) -> Template:
    token = session_of(request).access_token
    tournament = await tournaments.tournament(tournament_id, token, invitation)
    bracket = await _bracket_or_none(public_lists, tournament, token)
    visitor = _make_visitor(request, invitation, tournament, bracket)
    page = OverviewPage(
        tournament=tournament,
        invitation=invitation,
        actions=actions_of(tournament, visitor),
        standing=progress_of(tournament, bracket) if bracket else None,
    )
    return render(request, page)


async def _bracket_or_none(
    public_lists: PublicLists, tournament: TournamentDetails, token: str | None
) -> BracketDetails | None:
    if tournament.started_at is None:
        return None
    return await none_if_unavailable(public_lists.bracket(tournament, token))


def _make_visitor(
    request: PageRequest,
    invitation: str | None,
    tournament: TournamentDetails,
    bracket: BracketDetails | None,
) -> Visitor:
    player = session_of(request).player
    return Visitor(
        id=player.id if player else None,
        invitation=invitation,
        own_pairing=own_pairing(tournament, bracket) if bracket else None,
    )
