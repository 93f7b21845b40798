"""Lists of tournaments, page by page."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.tournaments import TournamentSummary
from tournament.lifecycle import queries
from tournament.lifecycle.queries import TournamentFilter
from tournament.lifecycle.schemas import summary_to_schema
from transcendence_common.identity import Player
from transcendence_common.pagination import decode_cursor, encode_cursor
from transcendence_common.problems import NotSignedIn


class TournamentListCursor(msgspec.Struct, frozen=True, array_like=True):
    """The cursor of the lists: the last tournament of a page."""

    tournament_id: UUID


async def page_of_tournaments(
    session: AsyncSession,
    show: TournamentFilter,
    reader: Player | None,
    *,
    cursor: str | None,
    limit: int,
) -> Page[TournamentSummary]:
    """Return a page of tournaments, newest first.

    They are public ones by state, or those that the reader organises or has entered.

    Raises:
        NotSignedIn: the own list is requested without a sign-in.
        InvalidFields: the cursor does not belong to this list.
    """
    before = None if cursor is None else decode_cursor(cursor, TournamentListCursor).tournament_id
    if show != "mine":
        rows = await queries.find_public_tournaments(session, show, before=before, limit=limit + 1)
    elif reader is None:
        raise NotSignedIn
    else:
        rows = await queries.find_own_tournaments(
            session, reader.id, before=before, limit=limit + 1
        )
    items = [summary_to_schema(each) for each in rows[:limit]]
    more = len(rows) > limit
    return Page(items, encode_cursor(TournamentListCursor(items[-1].id)) if more else None)
