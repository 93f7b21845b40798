"""All that history keeps of a player, as a document that is written while it is read."""

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
"""Some 25 kB of JSON; 16 MB where all are as long as a match can be."""
CHANGES_AT_ONCE = 200
"""Some 40 kB of JSON."""


class ReadReplays(Protocol):
    """Reads a part of one of the player's lists."""

    async def __call__(
        self, reads: Reads, player_id: UUID, /, *, after: Position, limit: int
    ) -> list[Row]: ...


async def export_of(reads: Reads, player_id: UUID, now: datetime) -> AsyncGenerator[bytes, None]:
    """Return the parts of `{stats, rating, matches: [Replay, …], hotseat_matches: [Replay, …],
    rating_changes: [Change, …]}`, newest first.

    No connection is held while somebody reads slowly: each part is a read of its own.
    """
    # Before the answer begins, so that a database that is away is still a proper refusal.
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
        # In a thread: the longest logs would hold the event loop for a tenth of a second.
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
    """One at a time: a long log takes ten times as much room as numbers than as text."""
    parts = []
    for row in rows:
        replay = replay_of(row)
        parts += [separator, msgspec.json.encode(replay)]
        separator = b","
    return b"".join(parts), position_of(replay.record)
