"""Everything that the organiser and the clock have done: whoever may see the tournament may read it."""

from typing import Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from ui.clients.tournaments import TournamentsClient
from ui.pages import PageRequest, render
from ui.session.state import session_of
from ui.tournaments.access import seen
from ui.tournaments.notes import record_line
from ui.tournaments.pages import RecordPage

NOTES_A_PAGE: Final = 30


@get("/tournaments/{tournament_id:uuid}/record")
async def show_record(
    request: PageRequest,
    tournament_id: FromPath[UUID],
    tournaments: NamedDependency[TournamentsClient],
    cursor: FromQuery[str | None] = None,
) -> Template:
    tournament = await seen(request, tournaments, tournament_id)
    token = session_of(request).access_token
    found = await tournaments.audit(tournament_id, token, limit=NOTES_A_PAGE, cursor=cursor)
    page = RecordPage(
        tournament=tournament,
        notes=[record_line(note) for note in found.items],
        next_cursor=found.next_cursor,
        continued=cursor is not None,
    )
    return render(request, page)
