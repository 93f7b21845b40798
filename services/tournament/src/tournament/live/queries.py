"""Queries of live matches and of the processes that run them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.live import LiveMatchSummary, PlayerName
from pong.court import RULES_VERSION
from tournament.live.models import (
    RUNNING,
    UNFINISHED,
    VOID,
    Match,
    Replica,
    Seat,
    StoredKeys,
)
from tournament.tournaments.models import Tournament
from transcendence_common.database import TimedSession
from transcendence_common.reads import Reads

# Processes.


async def renew_lease(
    session: AsyncSession, replica_id: UUID, address: str, lease: timedelta
) -> None:
    """Prolong a process's lease and lock its row, so that no process takes its matches before the transaction ends."""
    until = func.clock_timestamp() + lease
    await session.execute(
        upsert(Replica)
        .values(id=replica_id, address=address, leased_until=until)
        .on_conflict_do_update(index_elements=[Replica.id], set_={"leased_until": until})
    )


_FIND_LOST = text("""
    SELECT given.id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:fences AS bigint[])) AS given (id, fence)
    LEFT JOIN matches ON matches.id = given.id AND matches.fence = given.fence
        AND matches.owner = :owner AND matches.state IN ('waiting', 'running')
    WHERE matches.id IS NULL
""")


async def find_lost(session: AsyncSession, owner: UUID, fences: dict[UUID, int]) -> set[UUID]:
    """Return those of the matches that this process no longer owns, or whose fence has changed."""
    if not fences:
        return set()
    lost = await session.scalars(
        _FIND_LOST, {"ids": [*fences], "fences": [*fences.values()], "owner": owner}
    )
    return set(lost)


async def find_dead_owners(session: AsyncSession, but: UUID) -> Sequence[UUID]:
    """Return the other processes whose lease has run out while they own unfinished matches."""
    found = await session.scalars(
        select(Replica.id).where(
            Replica.id != but,
            Replica.leased_until < func.clock_timestamp(),
            exists().where(Match.owner == Replica.id, _is_unfinished()),
        )
    )
    return found.all()


async def take_from_dead_owners(
    session: AsyncSession, dead: UUID, owner: UUID, limit: int
) -> Sequence[UUID]:
    """Take up to `limit` matches of a process whose lease has run out; none where it was prolonged meanwhile."""
    expired = await session.scalar(
        select(Replica.id)
        .where(Replica.id == dead, Replica.leased_until < func.clock_timestamp())
        .with_for_update(skip_locked=True)
    )
    if expired is None:
        return []
    return await _take_matches(session, Match.owner == dead, owner, limit)


async def take_ownerless(
    session: AsyncSession, owner: UUID, known: Collection[UUID], limit: int
) -> Sequence[UUID]:
    """Take matches without an owner, or owned by this process without its knowledge: its commit went unconfirmed."""
    unknown = and_(Match.owner == owner, Match.id.not_in(known))
    return await _take_matches(session, or_(Match.owner.is_(None), unknown), owner, limit)


async def take_ownerless_match(
    session: AsyncSession, match_id: UUID, owner: UUID
) -> Sequence[UUID]:
    """Take one match, if it has no owner."""
    return await _take_matches(session, and_(Match.id == match_id, Match.owner.is_(None)), owner, 1)


async def release_matches(session: AsyncSession, owner: UUID) -> None:
    """Release all matches of a process, so that others may take them, and delete the process."""
    await session.execute(
        update(Match)
        .where(Match.owner == owner, _is_unfinished())
        .values(owner=None, fence=Match.fence + 1)
    )
    await session.execute(delete(Replica).where(Replica.id == owner))


async def delete_dead_replicas(session: AsyncSession) -> None:
    """Delete processes whose lease ran out over an hour ago and that own no unfinished match."""
    await session.execute(
        delete(Replica).where(
            Replica.leased_until < func.clock_timestamp() - text("interval '1 hour'"),
            ~exists().where(Match.owner == Replica.id, _is_unfinished()),
        )
    )


# Matches.


class MatchLocation(NamedTuple):
    """The players and the state of a match, and the process that runs it."""

    left_id: UUID
    right_id: UUID
    state: str
    owner: UUID | None
    address: str | None
    """The owner's address; None without an owner, or where its lease has run out."""


async def find_match_location(session: AsyncSession, match_id: UUID) -> MatchLocation | None:
    row = (
        await session.execute(
            select(Match.left_id, Match.right_id, Match.state, Match.owner, Replica.address)
            .outerjoin(
                Replica,
                and_(Replica.id == Match.owner, Replica.leased_until >= func.clock_timestamp()),
            )
            .where(Match.id == match_id)
        )
    ).one_or_none()
    return None if row is None else MatchLocation(*row)


async def find_match(session: AsyncSession, match_id: UUID) -> Match | None:
    return await session.get(Match, match_id)


async def public_tournament_id(session: AsyncSession, tournament_id: UUID) -> UUID | None:
    """Return the tournament's id if it is public, else None."""
    return await session.scalar(
        select(Tournament.id).where(
            Tournament.id == tournament_id, Tournament.visibility == "public"
        )
    )


_RUNNING_MATCHES = f"""
    SELECT id, left_id, left_name, right_id, right_name, points, rated, left_score, right_score, started_at
    FROM matches
    WHERE state = '{RUNNING}' AND id < $1
    ORDER BY id DESC
    LIMIT $2
"""  # noqa: S608 - constants only


async def read_running_matches(reads: Reads, *, before: UUID, limit: int) -> list[LiveMatchSummary]:
    """Return running matches, newest first."""
    rows = await reads.fetch(_RUNNING_MATCHES, before, limit)
    return [
        LiveMatchSummary(
            match_id, PlayerName(left_id, left_name), PlayerName(right_id, right_name), *others
        )
        for match_id, left_id, left_name, right_id, right_name, *others in rows
    ]


async def find_matches_of(session: AsyncSession, player_id: UUID) -> Sequence[Match]:
    """Return a player's matches, oldest first."""
    found = await session.scalars(select(Match).where(_is_played_by(player_id)).order_by(Match.id))
    return found.all()


async def delete_matches_of(session: AsyncSession, player_id: UUID) -> Sequence[Match]:
    """Delete a player's matches with their seats and keys, and return them."""
    deleted = await session.scalars(
        delete(Match)
        .where(_is_played_by(player_id))
        .returning(Match)
        .execution_options(synchronize_session=False)
    )
    return deleted.all()


async def find_stored_keys(session: AsyncSession, match_id: UUID) -> Sequence[StoredKeys]:
    """Return the stored key changes of a match in the order of their ticks."""
    found = await session.scalars(
        select(StoredKeys).where(StoredKeys.match_id == match_id).order_by(StoredKeys.from_tick)
    )
    return found.all()


class InputSegmentRow(NamedTuple):
    match_id: UUID
    from_tick: int
    through_tick: int
    changes: bytes


_STORE_SEGMENTS = text("""
    INSERT INTO stored_keys (match_id, from_tick, through_tick, changes)
    SELECT * FROM unnest(
        CAST(:match_id AS uuid[]), CAST(:from_tick AS int[]),
        CAST(:through_tick AS int[]), CAST(:changes AS bytea[])
    )
    ON CONFLICT (match_id, from_tick)
    DO UPDATE SET through_tick = excluded.through_tick, changes = excluded.changes
""")


async def store_segments(session: AsyncSession, rows: Sequence[InputSegmentRow]) -> None:
    """Store key changes of many matches in one statement, because every match writes twice a second.

    A row that exists was committed without the process hearing of it; it comes again, longer, and replaces it.
    """
    if rows:
        await session.execute(_STORE_SEGMENTS, _columns(rows))


class RunningFigures(NamedTuple):
    """The score and remaining absences of a running match, for the list of matches and for its next owner."""

    match_id: UUID
    left_score: int
    right_score: int
    left_absences: int
    right_absences: int


_STORE_RUNNING_FIGURES = text("""
    UPDATE matches SET
        state = 'running',
        started_at = coalesce(started_at, :now),
        left_score = given.left_score,
        right_score = given.right_score,
        left_absences = given.left_absences,
        right_absences = given.right_absences
    FROM unnest(
        CAST(:match_id AS uuid[]), CAST(:left_score AS int[]), CAST(:right_score AS int[]),
        CAST(:left_absences AS int[]), CAST(:right_absences AS int[])
    ) AS given (match_id, left_score, right_score, left_absences, right_absences)
    WHERE matches.id = given.match_id
""")


async def store_running_figures(session: TimedSession, rows: Sequence[RunningFigures]) -> None:
    """Store the score and remaining absences of matches that have begun."""
    if rows:
        await session.execute(_STORE_RUNNING_FIGURES, {**_columns(rows), "now": session.now})


class FinalFigures(NamedTuple):
    """The final figures of a match that has ended; without a winner it is void."""

    match_id: UUID
    left_score: int
    right_score: int
    winner: int | None
    forfeited_by: int | None
    left_absent: bool
    right_absent: bool
    delay: int
    left_late: int
    right_late: int
    left_rtt_ms: int
    right_rtt_ms: int


# A match may end before a transaction stored that it had begun.
_END_MATCHES = text("""
    UPDATE matches SET
        state = CASE WHEN given.winner IS NULL THEN 'void' ELSE 'finished' END,
        started_at = coalesce(
            started_at, CASE WHEN given.winner IS NOT NULL THEN CAST(:now AS timestamptz) END
        ),
        ended_at = :now,
        owner = NULL,
        left_score = given.left_score,
        right_score = given.right_score,
        winner = given.winner,
        forfeited_by = given.forfeited_by,
        left_absent = given.left_absent,
        right_absent = given.right_absent,
        delay = given.delay,
        left_late = given.left_late,
        right_late = given.right_late,
        left_rtt_ms = given.left_rtt_ms,
        right_rtt_ms = given.right_rtt_ms
    FROM unnest(
        CAST(:match_id AS uuid[]), CAST(:left_score AS int[]), CAST(:right_score AS int[]),
        CAST(:winner AS int[]), CAST(:forfeited_by AS int[]),
        CAST(:left_absent AS bool[]), CAST(:right_absent AS bool[]), CAST(:delay AS int[]),
        CAST(:left_late AS int[]), CAST(:right_late AS int[]),
        CAST(:left_rtt_ms AS int[]), CAST(:right_rtt_ms AS int[])
    ) AS given (
        match_id, left_score, right_score, winner, forfeited_by, left_absent, right_absent, delay,
        left_late, right_late, left_rtt_ms, right_rtt_ms
    )
    WHERE matches.id = given.match_id AND matches.state IN ('waiting', 'running')
    RETURNING matches.*
""")


async def end_matches(session: TimedSession, rows: Sequence[FinalFigures]) -> Sequence[Match]:
    """End matches, free their players, and return the matches. The caller holds the lease of their owner."""
    if not rows:
        return []
    ended = await session.scalars(
        select(Match).from_statement(_END_MATCHES), {**_columns(rows), "now": session.now}
    )
    ids = [row.match_id for row in rows]
    await session.execute(delete(Seat).where(Seat.match_id.in_(ids)))
    await session.execute(delete(StoredKeys).where(StoredKeys.match_id.in_(ids)))
    return ended.all()


async def void_broken_match(session: TimedSession, match_id: UUID) -> None:
    """Declare void a match that cannot be restored, and free its players. Its keys stay for diagnosis."""
    await session.execute(
        update(Match)
        .where(Match.id == match_id, _is_unfinished())
        .values(state=VOID, ended_at=session.now, owner=None)
    )
    await session.execute(delete(Seat).where(Seat.match_id == match_id))


async def delete_ended_matches(session: AsyncSession, before: datetime) -> None:
    """Delete matches that ended before `before`, when history has had time to take them."""
    await session.execute(
        delete(Match).where(Match.ended_at < before).execution_options(synchronize_session=False)
    )


def _columns(
    rows: Sequence[InputSegmentRow] | Sequence[RunningFigures] | Sequence[FinalFigures],
) -> dict[str, list[object]]:
    return {name: [getattr(row, name) for row in rows] for name in rows[0]._fields}


async def _take_matches(
    session: AsyncSession, whose: ColumnElement[bool], owner: UUID, limit: int
) -> Sequence[UUID]:
    """Take matches, skipping rows that other processes are taking at the same moment."""
    chosen = (
        select(Match.id)
        # During a rolling update, matches by newer rules wait for processes of the newer version.
        .where(whose, _is_unfinished(), Match.rules <= RULES_VERSION)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = await session.scalars(
        update(Match)
        .where(Match.id.in_(chosen.scalar_subquery()))
        .values(owner=owner, fence=Match.fence + 1)
        .returning(Match.id)
        .execution_options(synchronize_session=False)
    )
    return taken.all()


def _is_played_by(player_id: UUID) -> ColumnElement[bool]:
    return or_(Match.left_id == player_id, Match.right_id == player_id)


def _is_unfinished() -> ColumnElement[bool]:
    return or_(*(Match.state == state for state in UNFINISHED))
