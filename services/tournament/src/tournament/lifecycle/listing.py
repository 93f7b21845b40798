"""Lists of tournaments, page by page."""

from uuid import UUID

import msgspec

from contracts.pages import Page
from contracts.tournament.tournaments import TournamentSummary
from tournament.lifecycle.queries import TournamentFilter
from tournament.lifecycle.summaries import read_own_tournaments, read_public_tournaments
from transcendence_common.identity import Player
from transcendence_common.pagination import LAST_ID, decode_cursor, encode_cursor
from transcendence_common.problems import NotSignedIn
from transcendence_common.reads import Reads


class TournamentListCursor(msgspec.Struct, frozen=True, array_like=True):
    """The cursor of the lists: the last tournament of a page."""

    tournament_id: UUID


async def page_of_tournaments(
    reads: Reads,
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
    before = (
        LAST_ID if cursor is None else decode_cursor(cursor, TournamentListCursor).tournament_id
    )
    if show != "mine":
        found = await read_public_tournaments(reads, show, before=before, limit=limit + 1)
    elif reader is None:
        raise NotSignedIn
    else:
        found = await read_own_tournaments(reads, reader.id, before=before, limit=limit + 1)
    items = found[:limit]
    more = len(found) > limit
    return Page(items, encode_cursor(TournamentListCursor(items[-1].id)) if more else None)
