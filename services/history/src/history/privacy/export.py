"""Exports all data that history stores about a player, as a document that is written while it is read."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from history.matches.queries import (
    NEWEST,
    Position,
    position_of,
    read_hosted_replays,
    read_replays,
    replay_of,
)
from history.players.queries import stats_of
from history.ratings.queries import NEWEST as NEWEST_CHANGE
from history.ratings.queries import Number, read_changes, standing_of
from history.reads import Reads, Row

MATCHES_AT_ONCE = 10
"""Matches per read: some 25 kB of JSON, or 16 MB if all have the maximum length."""
CHANGES_AT_ONCE = 200
"""Rating changes per read: some 40 kB of JSON."""


class ReadReplays(Protocol):
    """Reads a page of one of the player's lists of matches."""

    async def __call__(
        self, reads: Reads, player_id: UUID, /, *, after: Position, limit: int
    ) -> list[Row]: ...


async def export_of(reads: Reads, player_id: UUID, now: datetime) -> AsyncGenerator[bytes, None]:
    """Return the parts of a JSON document with all data about a player.

    It is `{stats, rating, matches: [Replay, …], hotseat_matches: [Replay, …], rating_changes: [Change, …]}`, newest
    first. Each part is a read of its own, so that no connection is held while the client reads slowly.
    """
    # Read before the answer begins, so that an unavailable database still yields an error response.
    stats = await stats_of(reads, player_id, player_id)
    rating = await standing_of(reads, player_id, now)
    rows = await read_replays(reads, player_id, after=NEWEST, limit=MATCHES_AT_ONCE)
    return _document(
        reads, player_id, msgspec.json.encode({"stats": stats, "rating": rating}), rows
    )


async def _document(
    reads: Reads, player_id: UUID, sums: bytes, rows: Sequence[Row]
) -> AsyncGenerator[bytes, None]:
    yield sums.removesuffix(b"}") + b',"matches":['
    async for part in _replays(reads, player_id, rows, read_replays):
        yield part
    yield b'],"hotseat_matches":['
    rows = await read_hosted_replays(reads, player_id, after=NEWEST, limit=MATCHES_AT_ONCE)
    async for part in _replays(reads, player_id, rows, read_hosted_replays):
        yield part
    yield b'],"rating_changes":['
    async for part in _changes(reads, player_id):
        yield part
    yield b"]}"


async def _replays(
    reads: Reads, player_id: UUID, rows: Sequence[Row], read_more: ReadReplays
) -> AsyncGenerator[bytes, None]:
    separator = b""
    while rows:
        # In a thread, because the longest logs would block the event loop for 0.1 s.
        matches, last = await asyncio.to_thread(_written, rows, separator)
        yield matches
        separator = b","
        rows = await read_more(reads, player_id, after=last, limit=MATCHES_AT_ONCE)


async def _changes(reads: Reads, player_id: UUID) -> AsyncGenerator[bytes, None]:
    after, separator = NEWEST_CHANGE, b""
    while changes := await read_changes(reads, player_id, after=after, limit=CHANGES_AT_ONCE):
        yield separator + msgspec.json.encode(changes)[1:-1]
        after, separator = Number(changes[-1].number), b","


def _written(rows: Sequence[Row], separator: bytes) -> tuple[bytes, Position]:
    """Encode replays one at a time: a long log takes ten times as much memory as numbers than as text."""
    parts = []
    for row in rows:
        replay = replay_of(row)
        parts += [separator, msgspec.json.encode(replay)]
        separator = b","
    return b"".join(parts), position_of(replay.record)
