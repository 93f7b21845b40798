"""Caches brackets as JSON, built once for each revision, because all viewers of a tournament ask at the same moment."""

import asyncio
from collections import OrderedDict
from typing import Final, NamedTuple
from uuid import UUID
from weakref import WeakValueDictionary

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import BracketDetails
from tournament.pairings.schemas import read_bracket
from tournament.tournaments.models import Tournament

MOST_CACHED_BRACKETS: Final = 32
"""Most brackets kept; the largest takes about 6 MB."""


class CachedBracket(NamedTuple):
    """A bracket and its JSON: encoding a large one for every viewer takes long as well."""

    bracket: BracketDetails
    written: bytes


class BracketCache:
    """Caches the 32 brackets that were requested last."""

    def __init__(self) -> None:
        self._cached: OrderedDict[UUID, CachedBracket] = OrderedDict()
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        """One lock for each tournament; an entry exists while a request waits for it."""

    async def get_bracket(self, session: AsyncSession, tournament: Tournament) -> CachedBracket:
        """Return the bracket of a tournament at its revision, or at a newer one.

        Raises:
            NotStarted: the tournament has not started.
        """
        async with self._locks.setdefault(tournament.id, asyncio.Lock()):
            kept = self._cached.get(tournament.id)
            if kept is None or kept.bracket.revision < tournament.revision:
                bracket = await read_bracket(session, tournament)
                kept = CachedBracket(bracket, await asyncio.to_thread(msgspec.json.encode, bracket))
            self._store(tournament.id, kept)
            return kept

    def _store(self, tournament_id: UUID, kept: CachedBracket) -> None:
        self._cached[tournament_id] = kept
        self._cached.move_to_end(tournament_id)
        while len(self._cached) > MOST_CACHED_BRACKETS:
            self._cached.popitem(last=False)
