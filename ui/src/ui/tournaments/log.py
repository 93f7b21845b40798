"""The log page of a tournament. It is visible to everyone who can see the tournament."""

from typing import Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from ui.clients.tournaments import TournamentsClient
from ui.pages import PageRequest, render
from ui.session.state import session_of
from ui.tournaments.access import load_tournament
from ui.tournaments.log_lines import log_line_of
from ui.tournaments.pages import LogPage

LINES_PER_PAGE: Final = 30


@get("/tournaments/{tournament_id:uuid}/log")
async def show_log(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
    cursor: FromQuery[str | None] = None,
) -> Template:
    tournament = await load_tournament(request, tournaments, tournament_id)
    token = session_of(request).access_token
    found = await tournaments.audit_log(tournament_id, token, limit=LINES_PER_PAGE, cursor=cursor)
    page = LogPage(
        tournament=tournament,
        notes=[log_line_of(note) for note in found.items],
        next_cursor=found.next_cursor,
        continued=cursor is not None,
    )
    return render(request, page)
