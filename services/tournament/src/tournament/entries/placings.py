"""The tournaments that a player has played, with their places."""

from uuid import UUID

import msgspec

from contracts.pages import Page
from contracts.tournament.tournaments import Placing
from tournament.tournaments.models import FINISHED, RUNNING
from transcendence_common.identity import Player
from transcendence_common.pagination import LAST_ID, decode_cursor, encode_cursor
from transcendence_common.reads import Reads, Row

_PLAYED = f"""
    SELECT
        t.id, t.name, t.format, t.state,
        (SELECT count(seed) FROM entries WHERE tournament_id = t.id),
        e.place, t.started_at, t.ended_at
    FROM entries e
    JOIN tournaments t ON t.id = e.tournament_id
    WHERE e.player_id = $1 AND e.tournament_id < $2 AND e.seed IS NOT NULL
        AND t.state IN ('{RUNNING}', '{FINISHED}') AND (t.visibility = 'public' OR $3)
    ORDER BY e.tournament_id DESC
    LIMIT $4
"""  # noqa: S608 - constants only


class PlacingsCursor(msgspec.Struct, frozen=True, array_like=True):
    """The cursor of the list: the last tournament of a page."""

    tournament_id: UUID


async def page_of_placings(
    reads: Reads,
    player_id: UUID,
    reader: Player | None,
    *,
    cursor: str | None,
    limit: int,
) -> Page[Placing]:
    """Return a page of the tournaments in which a player plays or has played, newest first.

    Tournaments by invitation are shown only to the player, because no list shows them to others.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    before = LAST_ID if cursor is None else decode_cursor(cursor, PlacingsCursor).tournament_id
    own = reader is not None and reader.id == player_id
    rows = await reads.fetch(_PLAYED, player_id, before, own, limit + 1)
    items = [_to_placing(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items, encode_cursor(PlacingsCursor(items[-1].tournament_id)) if more else None)


def _to_placing(row: Row) -> Placing:
    tournament_id, name, format_, state, entrants, place, started_at, ended_at = row
    return Placing(
        tournament_id=tournament_id,
        name=name,
        format=format_,
        state=state,
        entrants=entrants,
        place=place,
        started_at=started_at,
        ended_at=ended_at,
    )
