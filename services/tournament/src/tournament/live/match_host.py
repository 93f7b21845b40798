"""The matches that this process runs, and the way in to them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live import queries
from tournament.live.errors import MatchElsewhere, MatchOver, NoSuchMatch, NotHereYet
from tournament.live.events import (
    note_broken,
    note_ended,
    note_failed,
    note_given_up,
    note_lost,
    note_taken,
)
from tournament.live.metrics import ENDED, FAILED, LOST, MATCHES, TAKEN, HowTaken
from tournament.live.models import UNFINISHED
from tournament.live.protocol import CloseCode, Phase
from tournament.live.restoring import BrokenRecord, restore
from tournament.live.running_match import Restored, RunningMatch
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.draining import STOPPING
from transcendence_common.ids import new_id

TAKEN_AT_ONCE = 20
"""Restoring one plays it again: a tenth of a second for so many long ones."""
MOST_FAILURES = 3
"""Of one match in one process. What fails again and again from what is stored has to end, or it would never."""
LOOK_SECONDS = 1.0
LONGEST_SECONDS = 5.0
"""Of one taking; a silent network says nothing of its own accord."""


class MatchHost:
    """What the process knows of its matches; `id` is its name in the database."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self.id = new_id()
        self.matches: dict[UUID, RunningMatch] = {}
        self.leased_until = 0.0
        """On the monotonic clock; after it nothing is simulated here."""
        self.has_endings = asyncio.Event()
        self.taking = asyncio.Lock()
        """Held while matches are taken, and while all are given up."""
        self._db = db
        self._clock = clock
        self._next_look = 0.0
        self._failures: Counter[UUID] = Counter()
        """Of matches that failed and have not been void since."""

    # Ways in.

    async def enter(self, match_id: UUID, path: str) -> RunningMatch:
        """Return a match that runs here, or is taken just now.

        Raises:
            NoSuchMatch, MatchOver, NotHereYet
            MatchElsewhere: says where `path` is to be asked for.
        """
        running = self.matches.get(match_id)
        return running or await self._find(match_id, path)

    async def take_what_nobody_runs(self) -> None:
        """Take matches whose owner is gone, or gave them up."""
        async with asyncio.timeout(LONGEST_SECONDS), self.taking:
            if not self._may_take():
                return
            taken: list[Restored] = []
            async with session_at(self._db, self._clock()) as session:
                ids = await queries.take_ownerless(session, self.id, self.matches, TAKEN_AT_ONCE)
                taken += await self._restore(session, ids, "ownerless")
                for dead in await queries.find_dead_owners(session, self.id):
                    ids = await queries.take_from_the_dead(session, dead, self.id, TAKEN_AT_ONCE)
                    taken += await self._restore(session, ids, "owner_gone")
            self._add(taken)

    # What happens to matches that are here.

    def advance(self, now: float, quarter: int) -> None:
        """One tick of every match whose turn it is; none without a lease, because another process may run them."""
        leased = now < self.leased_until
        for match in list(self.matches.values()):
            if match.quarter == quarter:
                self._guard(match, partial(self._advance, match, now, leased=leased))
        if now >= self._next_look:
            if now >= self._next_look + LOOK_SECONDS:
                # It was this process that slept: whoever was not asked has not been silent.
                for match in self.matches.values():
                    match.excuse_silence(now)
            self._next_look = now + LOOK_SECONDS
            self._look_around(now)

    def suspend(self, now: float) -> None:
        """All matches stand still, until the lease is prolonged."""
        for match in list(self.matches.values()):
            self._guard(match, partial(match.live.suspend, now))

    def lease(self, until: float, now: float) -> None:
        """The lease was prolonged: whatever was suspended goes on."""
        self.leased_until = until
        for match in list(self.matches.values()):
            self._guard(match, partial(match.live.resume, now))

    def lose(self, match: RunningMatch) -> None:
        """Another process has taken a match; its clients will find it there."""
        self._forget(match)
        LOST.inc()
        note_lost(match.id)
        match.close(CloseCode.MOVED)

    def dismiss(self, match: RunningMatch) -> None:
        """A match has ended, and its result is stored."""
        self._forget(match)
        ENDED.labels(match.live.ending.reason.name.lower() if match.live.ending else "").inc()
        note_ended(match.id, match.seating, match.live)
        match.close(CloseCode.DONE, match.live.farewell())

    def leave(self) -> None:
        """All matches were given up."""
        self.leased_until = 0.0
        for match in self.matches.values():
            note_given_up(match.id)
            match.close(CloseCode.MOVED)
        self.matches.clear()

    def _advance(self, match: RunningMatch, now: float, *, leased: bool) -> None:
        if not leased:
            match.live.suspend(now)
        # A suspended match sends its beats all the same: who answers none would be taken for somebody who left.
        match.live.advance(now)
        if leased and match.live.ending is not None:
            self.has_endings.set()

    def _guard(self, match: RunningMatch, work: Callable[[], None]) -> None:
        """A fault of ours in one match must not stop all others, here and at whoever takes them next.

        The one that fails is taken again, from what is stored of it.
        """
        try:
            work()
            match.note_phase()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this match's
            self._forget(match)
            self._failures[match.id] += 1
            FAILED.inc()
            note_failed(match.id, error)
            match.close(CloseCode.MOVED)

    def _forget(self, match: RunningMatch) -> None:
        """It may have come back meanwhile, under a new fence."""
        if self.matches.get(match.id) is match:
            del self.matches[match.id]

    async def _find(self, match_id: UUID, path: str) -> RunningMatch:
        async with asyncio.timeout(LONGEST_SECONDS):
            async with self._db.get_session() as session:
                place = await queries.find_place(session, match_id)
            if place is None:
                raise NoSuchMatch(match_id)
            if place.state not in UNFINISHED:
                raise MatchOver
            if place.owner is None:
                await self._take_one(match_id)
        running = self.matches.get(match_id)
        if running is not None:
            return running
        if place.address is None or place.owner == self.id:
            raise NotHereYet
        raise MatchElsewhere(place.address, path)

    async def _take_one(self, match_id: UUID) -> None:
        """Whoever asks for a match of others, or for none, does not wait in this line."""
        async with self.taking:
            if match_id in self.matches or not self._may_take():
                return
            async with session_at(self._db, self._clock()) as session:
                ids = await queries.take_one(session, match_id, self.id)
                taken = await self._restore(session, ids, "asked_for")
            self._add(taken)

    def _may_take(self) -> bool:
        """Whoever is about to stop takes nothing, nor whoever has no lease: others would take it at once."""
        return monotonic() < self.leased_until and not STOPPING.is_set()

    async def _restore(
        self, session: TimedSession, match_ids: Sequence[UUID], how: HowTaken
    ) -> list[Restored]:
        TAKEN.labels(how).inc(len(match_ids))
        restored = []
        for match_id in match_ids:
            note_taken(match_id, how)
            try:
                restored.append(await self._restore_one(session, match_id))
            except BrokenRecord as broken:
                del self._failures[match_id]
                note_broken(match_id, broken)
                await queries.void_broken(session, match_id)
        return restored

    async def _restore_one(self, session: AsyncSession, match_id: UUID) -> Restored:
        if self._failures[match_id] >= MOST_FAILURES:
            raise BrokenRecord(f"failed {MOST_FAILURES} times")
        return await restore(session, match_id)

    def _add(self, taken: Sequence[Restored]) -> None:
        for restored in taken:
            before = self.matches.get(restored.id)
            self.matches[restored.id] = RunningMatch(restored)
            if before is not None:
                # Lost and taken back before this process knew that it was lost.
                before.close(CloseCode.MOVED)

    def _look_around(self, now: float) -> None:
        phases = Counter(match.live.phase for match in self.matches.values())
        for phase in Phase:
            MATCHES.labels(phase.name.lower()).set(phases[phase])
        for match in list(self.matches.values()):
            self._guard(match, partial(match.look_around, now))
