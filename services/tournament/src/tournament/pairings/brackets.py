"""Brackets as they are shown, each put together once a revision: everybody who looks asks for it at the same moment."""

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.pairings.shown import bracket_of
from tournament.tournaments.models import Tournament
from tournament.tournaments.schemas import BracketShown

MOST_KEPT: Final = 32
"""The largest takes some three megabytes."""


class Brackets:
    """Keeps those that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, BracketShown] = OrderedDict()
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        """For as long as somebody waits for theirs."""

    async def of(self, session: AsyncSession, tournament: Tournament) -> BracketShown:
        """Return the bracket of a tournament as it was read, or newer.

        Raises:
            NotStarted
        """
        async with self._turns.setdefault(tournament.id, asyncio.Lock()):
            kept = self._kept.get(tournament.id)
            if kept is None or kept.revision < tournament.revision:
                kept = await bracket_of(session, tournament)
            self._keep(tournament.id, kept)
            return kept

    def _keep(self, tournament_id: UUID, bracket: BracketShown) -> None:
        self._kept[tournament_id] = bracket
        self._kept.move_to_end(tournament_id)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
