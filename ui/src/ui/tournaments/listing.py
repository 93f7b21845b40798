"""The list of tournaments: open, running, finished, or the player's own."""

from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from ui.clients.tournaments import ListFilter, TournamentsClient
from ui.pages import PageRequest, render
from ui.session.state import session_of
from ui.tournaments.pages import TournamentsPage

TOURNAMENTS_PER_PAGE: Final = 20


@get("/tournaments")
async def show_tournaments(
    request: PageRequest,
    tournaments: NamedDependency[TournamentsClient],
    show: FromQuery[ListFilter] = "open",
    cursor: FromQuery[str | None] = None,
) -> Template:
    session = session_of(request)
    token = session.required_access_token() if show == "mine" else session.access_token
    found = await tournaments.tournaments(show, token, limit=TOURNAMENTS_PER_PAGE, cursor=cursor)
    page = TournamentsPage(
        show=show,
        tournaments=found.items,
        next_cursor=found.next_cursor,
        continued=cursor is not None,
    )
    return render(request, page)
