"""Entries as wire types."""

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import EntryDetails, OwnEntry
from tournament.entries.waitlist import waitlist_position
from tournament.history import PROVISIONAL_ABOVE
from tournament.tournaments.models import WAITING, Entry


async def own_entry_to_schema(session: AsyncSession, entry: Entry) -> OwnEntry:
    """Return a player's own entry, with the position on the waiting list."""
    return OwnEntry(
        id=entry.id,
        state=entry.state,
        checked_in=entry.checked_in_at is not None,
        seed=entry.seed,
        place=entry.place,
        line=await waitlist_position(session, entry) if entry.state == WAITING else None,
    )


def entry_to_schema(entry: Entry, seed: int | None) -> EntryDetails:
    """Return the public fields of an entry; before the start, `seed` is the expected seed."""
    return EntryDetails(
        id=entry.id,
        player_id=entry.player_id,
        name=entry.name,
        rating=entry.rating,
        provisional=entry.deviation is not None and entry.deviation > PROVISIONAL_ABOVE,
        state=entry.state,
        checked_in=entry.checked_in_at is not None,
        seed=seed,
        late=entry.late,
        place=entry.place,
    )
