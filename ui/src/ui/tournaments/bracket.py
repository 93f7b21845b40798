"""Routes of a tournament's bracket page."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.tournament.tournaments import TournamentDetails
from ui.caching import NO_STORE
from ui.clients.public_lists import PublicLists
from ui.clients.tournaments import TournamentsClient
from ui.links import urls
from ui.pages import Page, PageRequest, render, requested_part
from ui.redirects import redirect_page
from ui.session.state import session_of
from ui.tournaments.bracket_view import BracketView, bracket_view

LONGEST_SEARCH_TEXT = 64
"""Characters; the maximum length of a name."""


class BracketPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "tournaments/bracket.html"
    parts: ClassVar[tuple[str, ...]] = ("bracket",)

    tournament: TournamentDetails
    tab: str = "bracket"
    find: str
    view: BracketView


class NoBracketPage(Page, frozen=True, kw_only=True):
    """The bracket page before the start, when there is no bracket."""

    template: ClassVar[str] = "tournaments/bracket_to_come.html"
    parts: ClassVar[tuple[str, ...]] = ("bracket_to_come",)

    tournament: TournamentDetails
    tab: str = "bracket"


@get("/tournaments/{tournament_id:uuid}/bracket")
async def show_bracket(
    request: PageRequest,
    *,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
    public_lists: NamedDependency[PublicLists],
    find: FromQuery[str] = "",
    show: FromQuery[list[str] | None] = None,
    revision: FromQuery[int | None] = None,
) -> Response[Any]:
    token = session_of(request).access_token
    tournament = await tournaments.tournament(tournament_id, token)
    if tournament.started_at is None:
        return render(request, NoBracketPage(tournament=tournament))
    if requested_part(request, NoBracketPage.parts):
        return redirect_page(request, urls.tournament_bracket(tournament_id))
    if revision == tournament.revision and requested_part(request, BracketPage.parts):
        # The page requests the bracket at every event, including events that did not change it.
        return Response(None, status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)
    bracket = await public_lists.bracket(tournament, token)
    find = find[:LONGEST_SEARCH_TEXT]
    view = bracket_view(tournament, bracket, find=find, show=show or ())
    return render(request, BracketPage(tournament=tournament, find=find, view=view))
