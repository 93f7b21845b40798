"""Reads tournaments with what a list shows of them."""

from typing import Final
from uuid import UUID

from contracts.tournament.live import PlayerName
from contracts.tournament.tournaments import TournamentState, TournamentSummary
from tournament.tournaments.models import DROPPED, ENTERED
from transcendence_common.reads import Reads, Row

_SUMMARIES: Final = f"""
    SELECT
        t.id, t.kind, t.name, t.format, t.state, t.size, t.points, t.rated,
        (
            SELECT count(*)
            FROM entries e
            WHERE e.tournament_id = t.id AND (e.state = '{ENTERED}' OR e.seed IS NOT NULL)
        ),
        t.organiser_id, t.organiser_name, t.starts_at, t.started_at, t.ended_at,
        (
            SELECT string_agg(e.name, ', ' ORDER BY e.seed)
            FROM entries e
            WHERE e.tournament_id = t.id AND e.place = 1
        )
    FROM tournaments t"""  # noqa: S608 - constants only

_PUBLIC: Final = f"""{_SUMMARIES}
    WHERE t.visibility = 'public' AND t.kind = 'online' AND t.state = $1 AND t.id < $2
    ORDER BY t.id DESC
    LIMIT $3
"""

_OWN: Final = f"""{_SUMMARIES}
    WHERE t.id < $2 AND t.id IN (
        SELECT id FROM tournaments WHERE organiser_id = $1
        UNION
        SELECT tournament_id FROM entries WHERE player_id = $1 AND state <> '{DROPPED}'
    )
    ORDER BY t.id DESC
    LIMIT $3
"""  # noqa: S608 - constants only

_ONE: Final = f"{_SUMMARIES} WHERE t.id = $1"


async def read_public_tournaments(
    reads: Reads, state: TournamentState, *, before: UUID, limit: int
) -> list[TournamentSummary]:
    """Return public tournaments in a state, newest first."""
    return [_to_summary(row) for row in await reads.fetch(_PUBLIC, state, before, limit)]


async def read_own_tournaments(
    reads: Reads, player_id: UUID, *, before: UUID, limit: int
) -> list[TournamentSummary]:
    """Return tournaments that a player organises or has entered, newest first."""
    return [_to_summary(row) for row in await reads.fetch(_OWN, player_id, before, limit)]


async def read_summary(reads: Reads, tournament_id: UUID) -> TournamentSummary:
    """Return what a list shows of an existing tournament."""
    [row] = await reads.fetch(_ONE, tournament_id)
    return _to_summary(row)


def _to_summary(row: Row) -> TournamentSummary:
    (
        tournament_id, kind, name, format_, state, size, points, rated, entries,
        organiser_id, organiser_name, starts_at, started_at, ended_at, winner,
    ) = row  # fmt: skip
    return TournamentSummary(
        id=tournament_id,
        kind=kind,
        name=name,
        format=format_,
        state=state,
        size=size,
        points=points,
        rated=rated,
        entries=entries,
        organiser=None if organiser_id is None else PlayerName(organiser_id, organiser_name),
        starts_at=starts_at,
        started_at=started_at,
        ended_at=ended_at,
        winner=winner,
    )
