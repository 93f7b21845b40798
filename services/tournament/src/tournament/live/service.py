"""Reads the list of running matches and the state of one match."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.live import LiveMatchSummary, MatchStatus, PlayerName
from tournament.live import queries
from tournament.live.errors import NoSuchMatch
from tournament.live.models import Match
from tournament.live.results import SIDE_NAMES
from transcendence_common.identity import Player
from transcendence_common.pagination import LAST_ID, decode_cursor, encode_cursor
from transcendence_common.reads import Reads


class RunningMatchesCursor(msgspec.Struct, frozen=True, array_like=True):
    """The cursor of the list of running matches: the last match of the page before."""

    match_id: UUID


async def page_of_running_matches(
    reads: Reads, *, cursor: str | None, limit: int
) -> Page[LiveMatchSummary]:
    """Return a page of running matches, newest first.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    before = LAST_ID if cursor is None else decode_cursor(cursor, RunningMatchesCursor).match_id
    matches = await queries.read_running_matches(reads, before=before, limit=limit + 1)
    items = matches[:limit]
    more = len(matches) > limit
    return Page(items, encode_cursor(RunningMatchesCursor(items[-1].id)) if more else None)


async def read_match_status(
    session: AsyncSession, match_id: UUID, reader: Player | None
) -> MatchStatus:
    """Return the state of a match for a reader.

    Raises:
        NoSuchMatch: there is none, or it ended long ago.
    """
    match = await queries.find_match(session, match_id)
    if match is None:
        raise NoSuchMatch(match_id)
    return MatchStatus(
        id=match.id,
        state=match.state,
        origin=match.origin,
        tournament_id=await _visible_tournament_id(session, match, reader),
        points=match.points,
        rated=match.rated,
        left=PlayerName(match.left_id, match.left_name),
        right=PlayerName(match.right_id, match.right_name),
        left_score=match.left_score,
        right_score=match.right_score,
        winner=SIDE_NAMES.get(match.winner or 0),
        forfeited_by=SIDE_NAMES.get(match.forfeited_by or 0),
        delay=match.delay,
        left_late=match.left_late,
        right_late=match.right_late,
        left_rtt_ms=match.left_rtt_ms,
        right_rtt_ms=match.right_rtt_ms,
        started_at=match.started_at,
        ended_at=match.ended_at,
    )


async def _visible_tournament_id(
    session: AsyncSession, match: Match, reader: Player | None
) -> UUID | None:
    """Return the match's tournament.

    Only its players see one by invitation: spectators must not find it through a match.
    """
    plays = reader is not None and reader.id in {match.left_id, match.right_id}
    if match.tournament_id is None or plays:
        return match.tournament_id
    return await queries.public_tournament_id(session, match.tournament_id)
