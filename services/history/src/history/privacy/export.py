"""Exports all data that history stores about a player, as a document that is written while it is read."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from history.matches.queries import (
    BEFORE_ALL_MATCHES,
    MatchListCursor,
    cursor_of,
    read_hosted_replay_rows,
    read_replay_rows,
    replay_from_row,
)
from history.players.queries import read_stats
from history.ratings.queries import BEFORE_ALL_CHANGES as NEWEST_CHANGE
from history.ratings.queries import RatingChangeCursor, read_rating_changes, read_standing
from transcendence_common.reads import Reads, Row

MATCHES_PER_READ = 10
"""Matches per read: some 25 kB of JSON, or 16 MB if all have the maximum length."""
CHANGES_PER_READ = 200
"""Rating changes per read: some 40 kB of JSON."""


class ReplayRowReader(Protocol):
    """Reads a page of one of the player's lists of matches."""

    async def __call__(
        self, reads: Reads, player_id: UUID, /, *, after: MatchListCursor, limit: int
    ) -> list[Row]: ...


async def export_document(
    reads: Reads, player_id: UUID, now: datetime
) -> AsyncGenerator[bytes, None]:
    """Return the parts of a JSON document with all data about a player.

    It is `{stats, rating, matches: [Replay, …], hotseat_matches: [Replay, …], rating_changes: [Change, …]}`, newest
    first. Each part is a read of its own, so that no connection is held while the client reads slowly.
    """
    # Read before the answer begins, so that an unavailable database still yields an error response.
    stats = await read_stats(reads, player_id, player_id)
    rating = await read_standing(reads, player_id, now)
    rows = await read_replay_rows(
        reads, player_id, after=BEFORE_ALL_MATCHES, limit=MATCHES_PER_READ
    )
    return _document_parts(
        reads, player_id, msgspec.json.encode({"stats": stats, "rating": rating}), rows
    )


async def _document_parts(
    reads: Reads, player_id: UUID, sums: bytes, rows: Sequence[Row]
) -> AsyncGenerator[bytes, None]:
    yield sums.removesuffix(b"}") + b',"matches":['
    async for part in _replay_parts(reads, player_id, rows, read_replay_rows):
        yield part
    yield b'],"hotseat_matches":['
    rows = await read_hosted_replay_rows(
        reads, player_id, after=BEFORE_ALL_MATCHES, limit=MATCHES_PER_READ
    )
    async for part in _replay_parts(reads, player_id, rows, read_hosted_replay_rows):
        yield part
    yield b'],"rating_changes":['
    async for part in _rating_change_parts(reads, player_id):
        yield part
    yield b"]}"


async def _replay_parts(
    reads: Reads, player_id: UUID, rows: Sequence[Row], read_more: ReplayRowReader
) -> AsyncGenerator[bytes, None]:
    separator = b""
    while rows:
        # In a thread, because the longest logs would block the event loop for 0.1 s.
        matches, last = await asyncio.to_thread(_encode_replays, rows, separator)
        yield matches
        separator = b","
        rows = await read_more(reads, player_id, after=last, limit=MATCHES_PER_READ)


async def _rating_change_parts(reads: Reads, player_id: UUID) -> AsyncGenerator[bytes, None]:
    after, separator = NEWEST_CHANGE, b""
    while changes := await read_rating_changes(
        reads, player_id, after=after, limit=CHANGES_PER_READ
    ):
        yield separator + msgspec.json.encode(changes)[1:-1]
        after, separator = RatingChangeCursor(changes[-1].number), b","


def _encode_replays(rows: Sequence[Row], separator: bytes) -> tuple[bytes, MatchListCursor]:
    """Encode replays one at a time: a long log takes ten times as much memory as numbers than as text."""
    parts = []
    for row in rows:
        replay = replay_from_row(row)
        parts += [separator, msgspec.json.encode(replay)]
        separator = b","
    return b"".join(parts), cursor_of(replay.record)
