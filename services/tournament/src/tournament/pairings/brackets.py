"""Caches brackets as JSON, built once for each revision, because all viewers of a tournament ask at the same moment."""

import asyncio
from collections import OrderedDict
from typing import Final, NamedTuple
from uuid import UUID
from weakref import WeakValueDictionary

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import BracketDetails
from tournament.pairings.schemas import bracket_of
from tournament.tournaments.models import Tournament

MOST_KEPT: Final = 32
"""Most brackets kept; the largest takes about 6 MB."""


class CachedBracket(NamedTuple):
    """A bracket and its JSON: encoding a large one for every viewer takes long as well."""

    bracket: BracketDetails
    written: bytes


class Brackets:
    """Keeps the brackets that were requested last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, CachedBracket] = OrderedDict()
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        """One lock for each tournament; an entry exists while a request waits for it."""

    async def of(self, session: AsyncSession, tournament: Tournament) -> CachedBracket:
        """Return the bracket of a tournament at its revision, or at a newer one.

        Raises:
            NotStarted: the tournament has not started.
        """
        async with self._turns.setdefault(tournament.id, asyncio.Lock()):
            kept = self._kept.get(tournament.id)
            if kept is None or kept.bracket.revision < tournament.revision:
                bracket = await bracket_of(session, tournament)
                kept = CachedBracket(bracket, await asyncio.to_thread(msgspec.json.encode, bracket))
            self._keep(tournament.id, kept)
            return kept

    def _keep(self, tournament_id: UUID, kept: CachedBracket) -> None:
        self._kept[tournament_id] = kept
        self._kept.move_to_end(tournament_id)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
