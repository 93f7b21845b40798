"""The live matches that this process runs, and how it takes them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live import queries
from tournament.live.errors import MatchElsewhere, MatchMoving, MatchOver, NoSuchMatch
from tournament.live.events import (
    log_match_ended,
    log_match_failed,
    log_match_lost,
    log_match_not_restorable,
    log_match_released,
    log_match_taken,
)
from tournament.live.metrics import (
    MATCHES,
    MATCHES_ENDED,
    MATCHES_FAILED,
    MATCHES_LOST,
    MATCHES_TAKEN,
    HowTaken,
)
from tournament.live.models import UNFINISHED
from tournament.live.protocol import CloseCode, Phase
from tournament.live.restoring import MatchNotRestorable, restore_match
from tournament.live.running_match import RestoredMatch, RunningMatch
from tournament.live.ticker import QUARTERS
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.draining import STOPPING
from transcendence_common.ids import new_id

MOST_TAKEN_AT_ONCE = 20
"""Most matches taken in one query. Restoring replays each: 20 long ones take 0.1 s."""
MOST_FAILURES_OF_A_MATCH = 3
"""Failures of one match in one process before it is declared void. Otherwise its stored state would fail for ever."""
PAUSE_SECONDS = 2.0
"""Time between two ticks after which this process counts as having been paused."""
COUNT_INTERVAL_SECONDS = 1.0
TAKING_TIMEOUT_SECONDS = 5.0
"""Time limit of taking matches: a silent network raises no error by itself."""


class MatchHost:
    """The live matches of one process. `id` identifies the process in the database."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self.id = new_id()
        self.matches: dict[UUID, RunningMatch] = {}
        self.has_matches = asyncio.Event()
        """Set while there are matches to advance."""
        self.leased_until = 0.0
        """End of the lease on the monotonic clock; after it this process simulates no ticks."""
        self.has_endings = asyncio.Event()
        self.take_lock = asyncio.Lock()
        """Held while matches are taken, and while all are given up."""
        self._db = db
        self._clock = clock
        self._quarters: tuple[dict[UUID, RunningMatch], ...] = tuple({} for _ in range(QUARTERS))
        """The same matches by quarter, so that a quarter's turn does not walk all of them."""
        self._advanced_at = 0.0
        self._counted_at = 0.0
        self._failures: Counter[UUID] = Counter()
        """Failures of each match since it was last declared void."""

    # Finding and taking matches.

    async def get_or_take(self, match_id: UUID, path: str) -> RunningMatch:
        """Return the match as run by this process; a match without an owner is taken.

        Raises:
            NoSuchMatch: there is no such match.
            MatchOver: it has ended.
            MatchMoving: its owner is gone, or it is still being restored.
            MatchElsewhere: another process runs it; the error names its address with `path`.
        """
        running = self.matches.get(match_id)
        return running or await self._find_match(match_id, path)

    async def take_unowned(self) -> None:
        """Take matches without an owner, and those of processes whose lease has run out."""
        async with asyncio.timeout(TAKING_TIMEOUT_SECONDS), self.take_lock:
            if not self._may_take():
                return
            taken: list[RestoredMatch] = []
            async with session_at(self._db, self._clock()) as session:
                ids = await queries.take_ownerless(
                    session, self.id, self.matches, MOST_TAKEN_AT_ONCE
                )
                taken += await self._restore_matches(session, ids, "ownerless")
                for dead in await queries.find_dead_owners(session, self.id):
                    ids = await queries.take_from_dead_owners(
                        session, dead, self.id, MOST_TAKEN_AT_ONCE
                    )
                    taken += await self._restore_matches(session, ids, "owner_gone")
            self._add_restored(taken)

    # Running matches.

    def advance_matches(self, now: float, quarter: int) -> None:
        """Advance the matches of this quarter to `now`.

        Without a lease they are suspended: another process may run them.
        """
        leased = now < self.leased_until
        if now >= self._advanced_at + PAUSE_SECONDS:
            # This process was paused, so clients had no chance to be heard meanwhile.
            for match in self.matches.values():
                match.restart_silence_limit(now)
        self._advanced_at = now
        for match in list(self._quarters[quarter].values()):
            try:
                if not leased:
                    match.live.suspend(now)
                # A suspended match still sends beats: clients that cannot answer would count as gone.
                match.advance(now)
                if leased and match.live.ending is not None:
                    self.has_endings.set()
            except Exception as error:  # noqa: BLE001 - as in `run_or_drop`, without its costs at every tick
                self._drop_failed_match(match, error)
        if now >= self._counted_at + COUNT_INTERVAL_SECONDS:
            self._counted_at = now
            self._count_matches()

    def suspend_all(self, now: float) -> None:
        """Suspend all matches until the lease is prolonged."""
        for match in list(self.matches.values()):
            self.run_or_drop(match, partial(match.live.suspend, now))

    def prolong_lease(self, until: float) -> None:
        """Set the end of the lease, unless it has run out: only `set_lease` may resume matches."""
        if monotonic() < self.leased_until:
            self.leased_until = until

    def set_lease(self, until: float, now: float) -> None:
        """Set the end of the prolonged lease and resume suspended matches."""
        self.leased_until = until
        for match in list(self.matches.values()):
            if match.live.phase is Phase.SUSPENDED:
                self.run_or_drop(match, partial(match.live.resume, now))

    def drop_lost_match(self, match: RunningMatch) -> None:
        """Drop a match that another process has taken; its clients reconnect there."""
        self._remove(match)
        MATCHES_LOST.inc()
        log_match_lost(match.id)
        match.close(CloseCode.MOVED)

    def drop_ended_match(self, match: RunningMatch) -> None:
        """Drop a match that has ended and whose result is stored, and close its connections."""
        self._remove(match)
        MATCHES_ENDED.labels(
            match.live.ending.reason.name.lower() if match.live.ending else ""
        ).inc()
        log_match_ended(match.id, match.seating, match.live)
        match.close(CloseCode.DONE, match.live.end_message())

    def close_all(self) -> None:
        """Close all matches after they have been given up in the database."""
        self.leased_until = 0.0
        for match in self.matches.values():
            log_match_released(match.id)
            match.close(CloseCode.MOVED)
        self.matches.clear()
        for quarter in self._quarters:
            quarter.clear()

    def run_or_drop(self, match: RunningMatch, work: Callable[[], None]) -> None:
        """Run `work` for one match; on an error drop that match, so that it stops no other match.

        The dropped match is taken again from its stored state, here or by another process.
        """
        try:
            work()
            match.log_phase()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this match's
            self._drop_failed_match(match, error)

    def _drop_failed_match(self, match: RunningMatch, error: Exception) -> None:
        self._remove(match)
        self._failures[match.id] += 1
        MATCHES_FAILED.inc()
        log_match_failed(match.id, error)
        match.close(CloseCode.MOVED)

    def _remove(self, match: RunningMatch) -> None:
        """Remove a match from this process, unless it runs a newer copy of the match.

        There is a newer copy if the process has lost the match and taken it again, with a higher fence.
        """
        if self.matches.get(match.id) is match:
            del self.matches[match.id]
            del self._quarters[match.quarter][match.id]

    async def _find_match(self, match_id: UUID, path: str) -> RunningMatch:
        async with asyncio.timeout(TAKING_TIMEOUT_SECONDS):
            async with self._db.get_session() as session:
                place = await queries.find_match_location(session, match_id)
            if place is None:
                raise NoSuchMatch(match_id)
            if place.state not in UNFINISHED:
                raise MatchOver
            if place.owner is None:
                await self._take_match(match_id)
        running = self.matches.get(match_id)
        if running is not None:
            return running
        if place.address is None or place.owner == self.id:
            raise MatchMoving
        raise MatchElsewhere(place.address, path)

    async def _take_match(self, match_id: UUID) -> None:
        """Take one match. Requests for matches that others run, or that do not exist, never wait for this lock."""
        async with self.take_lock:
            if match_id in self.matches or not self._may_take():
                return
            async with session_at(self._db, self._clock()) as session:
                ids = await queries.take_ownerless_match(session, match_id, self.id)
                taken = await self._restore_matches(session, ids, "asked_for")
            self._add_restored(taken)

    def _may_take(self) -> bool:
        """Tell whether this process may take matches: it has a lease and is not stopping.

        Without these it would lose them at once.
        """
        return monotonic() < self.leased_until and not STOPPING.is_set()

    async def _restore_matches(
        self, session: TimedSession, match_ids: Sequence[UUID], how: HowTaken
    ) -> list[RestoredMatch]:
        MATCHES_TAKEN.labels(how).inc(len(match_ids))
        restored = []
        for match_id in match_ids:
            log_match_taken(match_id, how)
            try:
                restored.append(await self._restore_match(session, match_id))
            except MatchNotRestorable as broken:
                del self._failures[match_id]
                log_match_not_restorable(match_id, broken)
                await queries.void_broken_match(session, match_id)
        return restored

    async def _restore_match(self, session: AsyncSession, match_id: UUID) -> RestoredMatch:
        if self._failures[match_id] >= MOST_FAILURES_OF_A_MATCH:
            raise MatchNotRestorable(f"failed {MOST_FAILURES_OF_A_MATCH} times")
        return await restore_match(session, match_id)

    def _add_restored(self, taken: Sequence[RestoredMatch]) -> None:
        for restored in taken:
            before = self.matches.get(restored.id)
            match = RunningMatch(restored)
            self.matches[match.id] = self._quarters[match.quarter][match.id] = match
            self.has_matches.set()
            if before is not None:
                # The match was lost and taken back before this process noticed the loss.
                before.close(CloseCode.MOVED)

    def _count_matches(self) -> None:
        phases = Counter(match.live.phase for match in self.matches.values())
        for phase in Phase:
            MATCHES.labels(phase.name.lower()).set(phases[phase])
        if not self.matches:
            self.has_matches.clear()
