"""Queries of pairings. Writers hold the tournament's row."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.pairings.models import OVER, Pairing
from tournament.pairings.rows import EntrantRow, PairingRow, TournamentRows
from tournament.tournaments.models import (
    DISQUALIFIED,
    FINISHED,
    PLAYING,
    RUNNING,
    WITHDRAWN,
    Entry,
    Tournament,
)
from transcendence_common.database import TimedSession

LARGEST_PAIRING_NUMBER: Final = 2**15 - 1
"""The largest number that the column holds; a request may name any."""

_ENTRANT_COLUMNS = [getattr(Entry, name) for name in EntrantRow._fields]
_PAIRING_COLUMNS = [getattr(Pairing, name) for name in PairingRow._fields]


async def read_rows(session: AsyncSession, tournament_id: UUID) -> TournamentRows:
    """Return all players and pairings of a tournament."""
    # Pairings first: without a lock, every player named in them is then among the players read after them.
    pairings = await session.execute(
        select(*_PAIRING_COLUMNS)
        .where(Pairing.tournament_id == tournament_id)
        .order_by(Pairing.number)
    )
    entrants = await session.execute(
        select(*_ENTRANT_COLUMNS)
        .where(
            Entry.tournament_id == tournament_id,
            Entry.seed.is_not(None),
            Entry.state.in_((PLAYING, WITHDRAWN, DISQUALIFIED)),
        )
        .order_by(Entry.seed)
    )
    return TournamentRows(
        [EntrantRow(*row) for row in entrants], [PairingRow(*row) for row in pairings]
    )


async def find_pairing(
    session: AsyncSession, tournament_id: UUID, number: int
) -> PairingRow | None:
    if abs(number) > LARGEST_PAIRING_NUMBER:
        return None
    row = (
        await session.execute(
            select(*_PAIRING_COLUMNS).where(
                Pairing.tournament_id == tournament_id, Pairing.number == number
            )
        )
    ).one_or_none()
    return None if row is None else PairingRow(*row)


async def find_entrants(
    session: AsyncSession, tournament_id: UUID, seeds: Collection[int | None]
) -> dict[int, EntrantRow]:
    """Return the players with these seeds, by seed; 0 and None have no player."""
    rows = await session.execute(
        select(*_ENTRANT_COLUMNS).where(
            Entry.tournament_id == tournament_id, Entry.seed.in_([seed for seed in seeds if seed])
        )
    )
    return {row.seed: row for row in (EntrantRow(*each) for each in rows)}


async def has_unfinished_pairing(session: AsyncSession, entry: Entry) -> bool:
    """Tell whether a player of a running tournament has a pairing that is not over."""
    return bool(
        await session.scalar(
            select(
                exists().where(
                    Pairing.tournament_id == entry.tournament_id,
                    or_(Pairing.one == entry.seed, Pairing.other == entry.seed),
                    Pairing.state != OVER,
                )
            )
        )
    )


_COLUMN_TYPES: Final = {
    "number": "smallint",
    "section": "text",
    "round": "smallint",
    "one": "smallint",
    "other": "smallint",
    "state": "text",
    "called_at": "timestamptz",
    "deadline": "timestamptz",
    "one_ready": "boolean",
    "other_ready": "boolean",
    "match_id": "uuid",
    "ticket": "text",
    "attempts": "smallint",
    "how": "text",
    "winner": "smallint",
    "one_score": "smallint",
    "other_score": "smallint",
    "decided_at": "timestamptz",
}
_COLUMN_NAMES: Final = ", ".join(f'"{name}"' for name in _COLUMN_TYPES)
_STORE_PAIRINGS = text(f"""
    INSERT INTO pairings (tournament_id, {_COLUMN_NAMES})
    SELECT :tournament_id, given.* FROM unnest(
        {", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMN_TYPES.items())}
    ) AS given
    ON CONFLICT (tournament_id, number) DO UPDATE
    SET {", ".join(f'"{name}" = excluded."{name}"' for name in _COLUMN_TYPES if name != "number")}
""")  # noqa: S608 - names of columns


async def store_pairings(
    session: AsyncSession, tournament_id: UUID, rows: Sequence[PairingRow]
) -> None:
    """Insert or update pairings in one statement, also for the first round of 1000 players."""
    if rows:
        columns = {name: [getattr(row, name) for row in rows] for name in PairingRow._fields}
        await session.execute(_STORE_PAIRINGS, {**columns, "tournament_id": tournament_id})


async def delete_pairings(
    session: AsyncSession, tournament_id: UUID, numbers: Collection[int]
) -> None:
    """Delete pairings that are no longer in the bracket."""
    if numbers:
        await session.execute(
            delete(Pairing)
            .where(Pairing.tournament_id == tournament_id, Pairing.number.in_(numbers))
            .execution_options(synchronize_session=False)
        )


async def mark_withdrawn(
    session: AsyncSession, tournament_id: UUID, seeds: Collection[int]
) -> None:
    """Mark these players as withdrawn, unless they have left already."""
    if seeds:
        await session.execute(
            update(Entry)
            .where(
                Entry.tournament_id == tournament_id, Entry.seed.in_(seeds), Entry.state == PLAYING
            )
            .values(state=WITHDRAWN)
        )


async def finish_tournament(session: TimedSession, tournament_id: UUID) -> bool:
    """End a running tournament; tell whether it was running."""
    return await _change_state(session, tournament_id, RUNNING, FINISHED, session.now)


async def reopen_tournament(session: AsyncSession, tournament_id: UUID) -> bool:
    """Continue a finished tournament; tell whether it was finished."""
    return await _change_state(session, tournament_id, FINISHED, RUNNING, None)


_STORE_PLACES = text("""
    UPDATE entries SET place = given.place
    FROM unnest(CAST(:seeds AS smallint[]), CAST(:places AS smallint[])) AS given (seed, place)
    WHERE entries.tournament_id = :tournament_id AND entries.seed = given.seed
        AND entries.place IS DISTINCT FROM given.place
""")


async def store_places(
    session: AsyncSession, tournament_id: UUID, places: dict[int, int | None]
) -> None:
    """Store the places by seed."""
    await session.execute(
        _STORE_PLACES,
        {
            "tournament_id": tournament_id,
            "seeds": list(places),
            "places": list(places.values()),
        },
    )


async def _change_state(
    session: AsyncSession, tournament_id: UUID, before: str, after: str, ended_at: datetime | None
) -> bool:
    moved = await session.execute(
        update(Tournament)
        .where(Tournament.id == tournament_id, Tournament.state == before)
        .values(state=after, ended_at=ended_at)
        .returning(Tournament.id)
    )
    return moved.scalar_one_or_none() is not None
