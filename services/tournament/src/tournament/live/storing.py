"""Prolongs the lease and stores confirmed ticks of all matches twice a second.

Each transaction stores a part of the matches and prolongs the lease, so that many matches, or many that end at once,
neither hold up the ticks nor cost the lease.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from time import monotonic
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from pong.court import LEFT, RIGHT
from tournament.activity import Activity
from tournament.live import queries
from tournament.live.live_match import InputSegment
from tournament.live.match_host import MatchHost
from tournament.live.metrics import STORING_FAILURES, STORING_SECONDS
from tournament.live.own_address import own_address
from tournament.live.protocol import to_milliseconds
from tournament.live.queries import FinalFigures, InputSegmentRow, RunningFigures
from tournament.live.restoring import pack_changes
from tournament.live.results import MATCH_FINISHED_TOPIC, encode_result
from tournament.live.running_match import RunningMatch
from tournament.signals import player_channel
from transcendence_common import outbox
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.draining import STOPPING
from transcendence_common.periodic import DATABASE_ERRORS
from transcendence_common.signals import notify

STORE_INTERVAL_SECONDS = 0.5
LEASE_DURATION = timedelta(seconds=3)
"""Length of the lease: a process that misses five renewals counts as dead, and its matches move within 4 s."""
IDLE_STORE_INTERVAL_SECONDS = 20.0
IDLE_LEASE_DURATION = timedelta(seconds=60)
"""Length of the lease of a process without matches, for its readiness; the first match replaces it by the short one."""
LEASE_MARGIN_SECONDS = 0.3
"""Time by which this process lets its lease end earlier than the database does."""
MATCHES_IN_A_TRANSACTION = 50
"""Most matches stored in one transaction. What is computed for 50 in one piece takes about 2 ms."""
STORE_TIMEOUT_SECONDS = 1.5
"""Time limit of one transaction: a silent network raises no error by itself. Short enough to retry within the lease."""

logger = structlog.get_logger("tournament.live")


class MatchStore:
    """Stores the live matches of this process in the database."""

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        match_host: MatchHost,
        clock: Clock,
        activity: Activity,
        *,
        service_url: str,
        port: int,
    ) -> None:
        self._db = db
        self._match_host = match_host
        self._clock = clock
        self._activity = activity
        self._lease = LEASE_DURATION
        self._service_url = service_url
        self._port = port
        self._address: str | None = None
        self._stored_figures: dict[UUID, RunningFigures] = {}
        self._failing = False
        self._release: asyncio.Task[None] | None = None

    async def store_until_stopped(self) -> None:
        """Store until the process is told to stop, then release all matches. Failures are retried."""
        while not STOPPING.is_set():
            await self._run_or_log(self.store())
            if self._failing:
                # While storing fails, the end of a match does not shorten the wait.
                await asyncio.sleep(STORE_INTERVAL_SECONDS)
                continue
            if self._is_idle:
                await self._wait_while_idle()
                continue
            await self._store_endings_until(monotonic() + STORE_INTERVAL_SECONDS)
        await self.stop()

    async def stop(self) -> None:
        """Release all matches, unless that has been done. A cancelled caller does not interrupt the release.

        Interrupted after its commit, the next one would take the released matches for lost.
        """
        if self._release is None or (self._release.done() and self._match_host.leased_until):
            self._release = asyncio.create_task(self._run_or_log(self.release_all_matches()))
        await asyncio.shield(self._release)

    async def store(self) -> None:
        """Prolong the lease and store what was confirmed since the last call."""
        self._lease = IDLE_LEASE_DURATION if self._is_idle else LEASE_DURATION
        with STORING_SECONDS.time():
            leased_until = await self._store_in_parts(list(self._match_host.matches.values()))
        if leased_until is not None:
            self._match_host.set_lease(leased_until, monotonic())

    async def store_endings(self) -> None:
        """Store the matches that have ended."""
        self._match_host.has_endings.clear()
        matches = self._match_host.matches.values()
        ended = [match for match in matches if match.live.ending is not None]
        if ended:
            await self._store_in_parts(ended)

    @property
    def _is_idle(self) -> bool:
        # A match may be running here although the signal of its activity was lost.
        return not self._activity.is_active and not self._match_host.matches

    async def _wait_while_idle(self) -> None:
        """Wait until there is activity, or until the lease has to be prolonged."""
        until = monotonic() + IDLE_STORE_INTERVAL_SECONDS
        while self._is_idle and monotonic() < until and not STOPPING.is_set():
            await self._activity.wait_until_active(STORE_INTERVAL_SECONDS)

    async def release_all_matches(self) -> None:
        """Store what was confirmed, and release every match for other processes."""
        now = monotonic()
        self._match_host.suspend_all(now)
        # A match being taken at this moment would otherwise stay without a living owner.
        async with self._match_host.take_lock:
            await self._store_in_parts(list(self._match_host.matches.values()))
            async with (
                asyncio.timeout(STORE_TIMEOUT_SECONDS),
                session_at(self._db, self._clock()) as session,
            ):
                await queries.release_matches(session, self._match_host.id)
            self._match_host.close_all()

    async def _store_endings_until(self, until: float) -> None:
        """Store matches as they end, because their players wait for the result."""
        while not STOPPING.is_set() and not self._failing:
            with suppress(TimeoutError):
                async with asyncio.timeout(until - monotonic()):
                    await self._match_host.has_endings.wait()
            if monotonic() >= until:
                return
            await self._run_or_log(self.store_endings())

    async def _store_in_parts(self, matches: Sequence[RunningMatch]) -> float | None:
        """Store matches in several transactions, each of which prolongs the lease.

        Return the end of the lease; None if it ran out in between, when matches of earlier parts may have been taken.
        """
        until: float | None = None
        for start in range(0, max(len(matches), 1), MATCHES_IN_A_TRANSACTION):
            asked_at = monotonic()
            if until is not None and asked_at >= until:
                return None
            async with asyncio.timeout(STORE_TIMEOUT_SECONDS):
                async with session_at(self._db, self._clock()) as session:
                    part = matches[start : start + MATCHES_IN_A_TRANSACTION]
                    written = await self._write_changes(session, part)
            self._apply_written(written)
            until = asked_at + self._lease.total_seconds() - LEASE_MARGIN_SECONDS
            self._match_host.prolong_lease(until)
        return until

    async def _run_or_log(self, storing: Coroutine[None, None, None]) -> None:
        try:
            await storing
        except DATABASE_ERRORS as error:
            STORING_FAILURES.inc()
            if not self._failing:
                _log_failure(error)
            self._failing = True
        except Exception:
            # The store must go on: without it this process is useless, and without its lease others take its matches.
            STORING_FAILURES.inc()
            what = {"event.action": "unexpected-error", "event.outcome": "failure"}
            logger.exception("storing failed", **what)
            self._failing = True
        else:
            self._failing = False

    async def _write_changes(
        self, session: TimedSession, matches: Sequence[RunningMatch]
    ) -> "_Written":
        if self._address is None:
            self._address = await own_address(self._service_url, self._port)
        await queries.renew_lease(session, self._match_host.id, self._address, self._lease)
        fences = {match.id: match.fence for match in matches}
        lost = await queries.find_lost(session, self._match_host.id, fences)
        written = _Written(lost=[match for match in matches if match.id in lost])
        for match in matches:
            if match.id not in lost:
                self._match_host.run_or_drop(match, partial(self._collect_changes, match, written))
        await self._end_matches(session, written.over)
        await queries.store_segments(
            session, [_segment_row(match.id, segment) for match, segment in written.segments]
        )
        await queries.store_running_figures(session, list(written.figures.values()))
        return written

    def _collect_changes(self, match: RunningMatch, written: "_Written") -> None:
        """Add to `written` what has to be stored of a match."""
        if match.live.ending is not None:
            written.over.append(match)
            return
        segment = match.live.unstored_segment()
        if segment is not None:
            written.segments.append((match, segment))
        if match.live.begun:
            figures = _running_figures(match)
            if self._stored_figures.get(match.id) != figures:
                written.figures[match.id] = figures

    async def _end_matches(self, session: TimedSession, matches: Sequence[RunningMatch]) -> None:
        """End matches and put their results into the outbox in the same transaction."""
        rows = await queries.end_matches(session, [_final_figures(match) for match in matches])
        live = {match.id: match.live for match in matches}
        bodies = []
        for row in rows:
            if row.winner is not None:
                match = live[row.id]
                bodies.append(encode_result(row, match.state.tick, match.key_changes, session.now))
                # A long log takes up to a millisecond.
                await asyncio.sleep(0)
        await outbox.enqueue_messages(session, MATCH_FINISHED_TOPIC, bodies)
        players = [player for row in rows for player in (row.left_id, row.right_id)]
        await notify(session, map(player_channel, players))

    def _apply_written(self, written: "_Written") -> None:
        """Apply a committed transaction to the matches; some may have come or gone meanwhile."""
        for match, segment in written.segments:
            match.live.mark_stored(segment)
        self._stored_figures |= written.figures
        for match in (*written.over, *written.lost):
            self._stored_figures.pop(match.id, None)
        for match in written.over:
            self._match_host.drop_ended_match(match)
        for match in written.lost:
            self._match_host.drop_lost_match(match)


@dataclass(slots=True)
class _Written:
    """The changes that one transaction stored, and the matches that it found to be owned by another process."""

    lost: list[RunningMatch]
    over: list[RunningMatch] = field(default_factory=list)
    segments: list[tuple[RunningMatch, InputSegment]] = field(default_factory=list)
    figures: dict[UUID, RunningFigures] = field(default_factory=dict)


def _segment_row(match_id: UUID, segment: InputSegment) -> InputSegmentRow:
    return InputSegmentRow(
        match_id, segment.from_tick, segment.through_tick, pack_changes(segment.changes)
    )


def _running_figures(match: RunningMatch) -> RunningFigures:
    live = match.live
    return RunningFigures(
        match.id,
        live.state.left_score,
        live.state.right_score,
        live.left.absences,
        live.right.absences,
    )


def _final_figures(match: RunningMatch) -> FinalFigures:
    live, ending = match.live, match.live.ending
    assert ending is not None  # noqa: S101 - asked of ended matches only
    return FinalFigures(
        match_id=match.id,
        left_score=live.state.left_score,
        right_score=live.state.right_score,
        winner=ending.winner or None,
        forfeited_by=ending.forfeited_by or None,
        left_absent=LEFT in ending.absent,
        right_absent=RIGHT in ending.absent,
        delay=live.delay,
        left_late=live.left.keyboard.late,
        right_late=live.right.keyboard.late,
        left_rtt_ms=to_milliseconds(live.left.round_trips.usual),
        right_rtt_ms=to_milliseconds(live.right.round_trips.usual),
    )


def _log_failure(error: Exception) -> None:
    """Log the first failure of an outage only; storing is retried every 0.5 s."""
    logger.warning(
        "live matches cannot be stored",
        **{
            "event.action": "live-matches-not-stored",
            "event.category": ["database"],
            "event.type": ["error"],
            "event.outcome": "failure",
            "error.type": type(error).__name__,
            "error.message": str(error).partition("\n")[0],
        },
    )
