"""All that history keeps of a player, as a document that is written while it is read."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

import msgspec

from history.matches.queries import NEWEST, Position, position_of, read_replays, replay_of
from history.players.queries import stats_of
from history.reads import Reads, Row

MATCHES_AT_ONCE = 10
"""Some 25 kB of JSON; 4 MB where all are as long as a match can be."""


async def export_of(reads: Reads, player_id: UUID) -> AsyncGenerator[bytes, None]:
    """Return the parts of `{"stats": PlayerStats, "matches": [Replay, …]}`, newest match first.

    No connection is held while somebody reads slowly: each part is a read of its own.
    """
    # Before the answer begins, so that a database that is away is still a proper refusal.
    stats = await stats_of(reads, player_id, player_id)
    rows = await read_replays(reads, player_id, after=NEWEST, limit=MATCHES_AT_ONCE)
    return _document(reads, player_id, msgspec.json.encode(stats), rows)


async def _document(
    reads: Reads, player_id: UUID, stats: bytes, rows: Sequence[Row]
) -> AsyncGenerator[bytes, None]:
    yield b'{"stats":' + stats + b',"matches":['
    separator = b""
    while rows:
        # In a thread: the longest logs would hold the event loop for a tenth of a second.
        matches, last = await asyncio.to_thread(_written, rows, separator)
        yield matches
        separator = b","
        rows = await read_replays(reads, player_id, after=last, limit=MATCHES_AT_ONCE)
    yield b"]}"


def _written(rows: Sequence[Row], separator: bytes) -> tuple[bytes, Position]:
    """One at a time: a long log takes ten times as much room as numbers than as text."""
    parts = []
    for row in rows:
        replay = replay_of(row)
        parts += [separator, msgspec.json.encode(replay)]
        separator = b","
    return b"".join(parts), position_of(replay.record)
