"""Queries on matches: constant statements whose columns become wire structs without an ORM.

Each statement checks who may see a match, so that hidden rows are never fetched: matches of the public modes are
visible to everyone, matches with names typed at a keyboard only to their player or host.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from contracts.history.matches import InputLogBody, MatchRecord, MatchSide, Outcome, Replay
from contracts.history.modes import (
    HOTSEAT,
    ONLINE,
    PLAYERS_MODES,
    PRIVATE_MODE,
    PUBLIC_MODES,
    PlayersMode,
)
from contracts.pages import Page
from history.errors import NoSuchMatch
from history.matches.packing import unpack_log
from history.matches.sides import SIDE_NAMES
from history.matches.verification import GameSettings, SimulationInput
from history.ratings.rounding import round_for_display
from pong.court import LEFT, TICKS_PER_SECOND
from transcendence_common.pagination import decode_cursor, encode_cursor
from transcendence_common.reads import Reads, Row, fetch_one

OUTCOMES: tuple[Outcome, ...] = ("won", "lost")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LAST_MICROSECOND = 253_402_300_799_999_999
"""The last microsecond of the year 9999, where Python's calendar ends."""


class MatchListCursor(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page: when the match was played, in microseconds since 1970, and its ID."""

    played_at: Annotated[int, msgspec.Meta(ge=0, le=LAST_MICROSECOND)]
    match_id: UUID


BEFORE_ALL_MATCHES = MatchListCursor(LAST_MICROSECOND, UUID(int=2**128 - 1))

_COLUMNS = """
    m.id, m.mode, m.level, m.rules, m.points, m.played_at, m.ticks,
    l.player_id, l.name, l.kind, m.left_score, l.late, l.rtt_ms, l.rating_before, l.rating_after,
    r.player_id, r.name, r.kind, m.right_score, r.late, r.rtt_ms, r.rating_before, r.rating_after,
    m.winner, m.longest_rally, m.rated, m.forfeited_by, m.delay"""

_SIDES = """
    JOIN participations l ON l.match_id = m.id AND l.side = 1
    JOIN participations r ON r.match_id = m.id AND r.side = 2"""

# Each pair of mode and outcome is one sorted range of the index, and the newest rows of each are merged. Any filter, or
# none, reads about a page of index entries, however many matches the player has.
_PAGE = f"""
    SELECT {_COLUMNS}, newest.outcome
    FROM (
        SELECT stretch.match_id, stretch.played_at, outcomes.outcome
        FROM unnest($3::text[]) AS modes (mode)
        CROSS JOIN unnest($4::text[]) AS outcomes (outcome)
        CROSS JOIN LATERAL (
            SELECT p.match_id, p.played_at
            FROM participations p
            WHERE p.player_id = $1 AND p.mode = modes.mode AND p.outcome = outcomes.outcome
                AND (p.played_at, p.match_id) < ($5, $6)
            ORDER BY p.played_at DESC, p.match_id DESC
            LIMIT $7
        ) AS stretch
        WHERE modes.mode <> '{PRIVATE_MODE}' OR $1 = $2
        ORDER BY stretch.played_at DESC, stretch.match_id DESC
        LIMIT $7
    ) AS newest
    JOIN matches m ON m.id = newest.match_id {_SIDES}
    ORDER BY newest.played_at DESC, newest.match_id DESC
"""  # noqa: S608 - constants only

_MATCH = f"""
    SELECT {_COLUMNS}
    FROM matches m {_SIDES}
    WHERE m.id = $1
        AND (m.mode NOT IN ('{PRIVATE_MODE}', '{HOTSEAT}') OR $2 IN (l.player_id, r.player_id, m.host_id))
"""  # noqa: S608 - constants only

_TOURNAMENT_MATCH = f"""
    SELECT {_COLUMNS}
    FROM matches m {_SIDES}
    WHERE m.id = $1 AND m.mode IN ('{ONLINE}', '{HOTSEAT}')
"""  # noqa: S608 - constants only

_HOSTED_PAGE = f"""
    SELECT m.seed, m.log, {_COLUMNS}
    FROM matches m {_SIDES}
    WHERE m.host_id = $1 AND (m.played_at, m.id) < ($2, $3)
    ORDER BY m.played_at DESC, m.id DESC
    LIMIT $4
"""  # noqa: S608 - constants only

_REPLAY = _MATCH.replace("SELECT", "SELECT m.seed, m.log,", 1)
_REPLAYS = _PAGE.replace("SELECT", "SELECT m.seed, m.log,", 1)

_PLAYED = """
    SELECT mode, level, seed, points, coalesce(forfeited_by, 0), log
    FROM matches
    WHERE id = $1
"""


async def page_of_matches(
    reads: Reads,
    *,
    player: UUID,
    reader: UUID,
    mode: PlayersMode | None,
    outcome: Outcome | None,
    cursor: str | None,
    limit: int,
) -> Page[MatchRecord]:
    """Return a page of a player's matches that the reader may see, newest first.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    after = BEFORE_ALL_MATCHES if cursor is None else decode_cursor(cursor, MatchListCursor)
    rows = await reads.fetch(
        _PAGE,
        player,
        reader,
        PLAYERS_MODES if mode is None else (mode,),
        OUTCOMES if outcome is None else (outcome,),
        _time_of(after),
        after.match_id,
        limit + 1,
    )
    records = [_to_record(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(records, encode_cursor(cursor_of(records[-1])) if more else None)


async def read_recent_public_matches(
    reads: Reads, player: UUID, reader: UUID, *, limit: int
) -> list[MatchRecord]:
    """Return a player's latest matches that everyone may see, newest first."""
    last = BEFORE_ALL_MATCHES
    rows = await reads.fetch(
        _PAGE, player, reader, PUBLIC_MODES, OUTCOMES, _time_of(last), last.match_id, limit
    )
    return [_to_record(row) for row in rows]


async def get_match(reads: Reads, match_id: UUID, reader: UUID | None) -> MatchRecord:
    """Return a match that the reader may see; without a reader, one that is public.

    Raises:
        NoSuchMatch: the match does not exist, or the reader may not see it.
    """
    row = await fetch_one(reads, _MATCH, match_id, reader)
    if row is None:
        raise NoSuchMatch(match_id)
    return _to_record(row)


async def get_tournament_match(reads: Reads, match_id: UUID) -> MatchRecord:
    """Return a match of a mode in which tournaments are played.

    Raises:
        NoSuchMatch: the match does not exist, or has another mode.
    """
    row = await fetch_one(reads, _TOURNAMENT_MATCH, match_id)
    if row is None:
        raise NoSuchMatch(match_id)
    return _to_record(row)


async def get_replay(reads: Reads, match_id: UUID, reader: UUID | None) -> Replay:
    """Return the replay of a match that the reader may see.

    Raises:
        NoSuchMatch: the match does not exist, or the reader may not see it.
    """
    row = await fetch_one(reads, _REPLAY, match_id, reader)
    if row is None:
        raise NoSuchMatch(match_id)
    return replay_from_row(row)


async def read_replay_rows(
    reads: Reads, player: UUID, *, after: MatchListCursor, limit: int
) -> list[Row]:
    """Return rows for `replay_from_row`: a player's own matches before a position, newest first."""
    return await reads.fetch(
        _REPLAYS, player, player, PLAYERS_MODES, OUTCOMES, _time_of(after), after.match_id, limit
    )


async def read_hosted_replay_rows(
    reads: Reads, host: UUID, *, after: MatchListCursor, limit: int
) -> list[Row]:
    """Return rows for `replay_from_row`: the hotseat matches of a host before a position, newest first."""
    return await reads.fetch(_HOSTED_PAGE, host, _time_of(after), after.match_id, limit)


def replay_from_row(row: Row) -> Replay:
    """Return the replay made from a row. Unpacking the longest log takes 30 ms."""
    seed, log, *columns = row
    record = _to_record(columns)
    return Replay(
        record=record,
        seed=seed,
        inputs=_unpack_inputs(log),
        level=record.level,
        rules=record.rules,
        points=record.points,
    )


def cursor_of(record: MatchRecord) -> MatchListCursor:
    """Return the position of a match in its player's list."""
    return MatchListCursor((record.played_at - EPOCH) // MICROSECOND, record.id)


async def find_simulation_input(reads: Reads, match_id: UUID) -> SimulationInput | None:
    """Return the game and inputs of a stored match, regardless of who may see it, to compare a new submission with
    them."""
    row = await fetch_one(reads, _PLAYED, match_id)
    if row is None:
        return None
    *game, log = row
    return SimulationInput(GameSettings(*game), _unpack_inputs(log))


def _unpack_inputs(packed: bytes) -> InputLogBody:
    log = unpack_log(packed)
    return InputLogBody(log.ticks, list(log.changes))


def _time_of(position: MatchListCursor) -> datetime:
    return EPOCH + position.played_at * MICROSECOND


def _to_record(row: Row) -> MatchRecord:
    """Convert a row with the columns of `_COLUMNS` to a record.

    A row of a player's list has one more column, the outcome for that player. Other records have no outcome.
    """
    (
        match_id, mode, level, rules, points, played_at, ticks,
        left_id, left_name, left_kind, left_score, left_late, left_rtt, left_before, left_after,
        right_id, right_name, right_kind, right_score, right_late, right_rtt, right_before, right_after,
        winner, longest_rally, rated, forfeited_by, delay, *outcome,
    ) = row  # fmt: skip
    return MatchRecord(
        id=match_id,
        mode=mode,
        level=level,
        rules=rules,
        points=points,
        played_at=played_at,
        ticks=ticks,
        duration_ms=ticks * 1000 // TICKS_PER_SECOND,
        left=MatchSide(
            left_id,
            left_name,
            left_kind,
            left_score,
            late=left_late,
            rtt_ms=left_rtt,
            rating_before=_round_rating(left_before),
            rating_after=_round_rating(left_after),
        ),
        right=MatchSide(
            right_id,
            right_name,
            right_kind,
            right_score,
            late=right_late,
            rtt_ms=right_rtt,
            rating_before=_round_rating(right_before),
            rating_after=_round_rating(right_after),
        ),
        winner="left" if winner == LEFT else "right",
        longest_rally=longest_rally,
        verified=True,
        rated=rated,
        forfeited_by=SIDE_NAMES[forfeited_by],
        delay=delay,
        outcome=outcome[0] if outcome else None,
    )


def _round_rating(rating: float | None) -> float | None:
    return None if rating is None else round_for_display(rating)
