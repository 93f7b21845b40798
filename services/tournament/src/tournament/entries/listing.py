"""The list of a tournament's entries, page by page.

Before the start it is in the order of the expected seeds, then of the waiting list; from the start on, of the seeds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.tournaments import EntryDetails
from tournament.entries import queries
from tournament.entries.schemas import entry_to_schema
from tournament.entries.seeds import in_seed_order
from tournament.tournaments.access import find_visible
from tournament.tournaments.models import WAITING, Entry, Tournament
from transcendence_common.identity import Player
from transcendence_common.pagination import decode_cursor, encode_cursor

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
LATEST_MICROSECOND: Final = 250_000_000_000_000_000
"""Microseconds since 1970: later than any time of entry, and still a valid datetime."""
BEHIND_ALL_SEEDS: Final = 2**15 - 1


class EntryListCursor(msgspec.Struct, frozen=True, array_like=True):
    """The cursor of the list: the last entry of a page, its seed or expected seed, and since when it has waited."""

    seed: Annotated[int, msgspec.Meta(ge=1, le=BEHIND_ALL_SEEDS)]
    entry_id: UUID
    waits_since: Annotated[int, msgspec.Meta(ge=0, le=LATEST_MICROSECOND)] | None
    """Microseconds since 1970."""


class ListedEntry(NamedTuple):
    """An entry of the list, with its seed; before the start, its expected seed."""

    entry: Entry
    seed: int | None


async def page_of_entries(
    session: AsyncSession,
    tournament_id: UUID,
    reader: Player | None,
    *,
    cursor: str | None,
    limit: int,
) -> Page[EntryDetails]:
    """Return a page of a tournament's entries, without players dropped at the start or removed before it.

    Raises:
        NoSuchTournament
        InvalidFields: the cursor does not belong to this list.
    """
    after = None if cursor is None else decode_cursor(cursor, EntryListCursor)
    tournament = await find_visible(session, tournament_id, reader)
    read = _read_before_start if tournament.started_at is None else _read_since_start
    lines = await read(session, tournament, after, limit + 1)
    items = [entry_to_schema(*line) for line in lines[:limit]]
    more = len(lines) > limit
    return Page(items, encode_cursor(_cursor_of(lines[limit - 1])) if more else None)


async def _read_before_start(
    session: AsyncSession, tournament: Tournament, after: EntryListCursor | None, limit: int
) -> Sequence[ListedEntry]:
    """Return entries by expected seed, then those on the waiting list.

    All entries with a place are read, because each affects the expected seeds.
    """
    lines: list[ListedEntry] = []
    if after is None or after.waits_since is None:
        order = in_seed_order(tournament, await queries.find_entered(session, tournament.id))
        begin = _next_index(order, after)
        lines += [
            ListedEntry(entry, seed)
            for seed, entry in enumerate(order[begin : begin + limit], start=begin + 1)
        ]
    if len(lines) < limit:
        waiting = await queries.find_waiting(
            session, tournament.id, after=_waitlist_key(after), limit=limit - len(lines)
        )
        lines += [ListedEntry(entry, None) for entry in waiting]
    return lines


async def _read_since_start(
    session: AsyncSession, tournament: Tournament, after: EntryListCursor | None, limit: int
) -> Sequence[ListedEntry]:
    last = 0 if after is None else after.seed
    found = await queries.find_seeded(session, tournament.id, after=last, limit=limit)
    return [ListedEntry(entry, entry.seed) for entry in found]


def _next_index(order: Sequence[Entry], after: EntryListCursor | None) -> int:
    """Return the index to continue at. If the cursor's entry has left, all entries behind it have moved up."""
    if after is None:
        return 0
    ids = [entry.id for entry in order]
    return ids.index(after.entry_id) + 1 if after.entry_id in ids else after.seed - 1


def _waitlist_key(after: EntryListCursor | None) -> tuple[datetime, UUID] | None:
    if after is None or after.waits_since is None:
        return None
    return EPOCH + after.waits_since * MICROSECOND, after.entry_id


def _cursor_of(line: ListedEntry) -> EntryListCursor:
    entry = line.entry
    waits_since = (entry.entered_at - EPOCH) // MICROSECOND if entry.state == WAITING else None
    return EntryListCursor(line.seed or BEHIND_ALL_SEEDS, entry.id, waits_since)
