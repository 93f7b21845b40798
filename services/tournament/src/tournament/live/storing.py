"""Prolongs the lease and stores confirmed ticks of all matches twice a second, in one transaction."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
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
            with suppress(TimeoutError):
                async with asyncio.timeout(STORE_INTERVAL_SECONDS):
                    await self._match_host.has_endings.wait()
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
        asked_at = monotonic()
        self._lease = IDLE_LEASE_DURATION if self._is_idle else LEASE_DURATION
        self._match_host.has_endings.clear()
        with STORING_SECONDS.time():
            async with session_at(self._db, self._clock()) as session:
                written = await self._write_changes(session)
        self._apply_written(written)
        until = asked_at + self._lease.total_seconds() - LEASE_MARGIN_SECONDS
        self._match_host.set_lease(until, monotonic())

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
            async with session_at(self._db, self._clock()) as session:
                written = await self._write_changes(session)
                await queries.release_matches(session, self._match_host.id)
            self._apply_written(written)
            self._match_host.close_all()

    async def _run_or_log(self, storing: Coroutine[None, None, None]) -> None:
        try:
            async with asyncio.timeout(STORE_TIMEOUT_SECONDS):
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

    async def _write_changes(self, session: TimedSession) -> "_Written":
        if self._address is None:
            self._address = await own_address(self._service_url, self._port)
        await queries.renew_lease(session, self._match_host.id, self._address, self._lease)
        # Copied, because matches may be added while this waits for the database.
        matches = list(self._match_host.matches.values())
        fences = {match.id: match.fence for match in matches}
        ours = await queries.find_still_owned(session, self._match_host.id, fences)
        written = _Written(lost=[match for match in matches if match.id not in ours])
        for match in matches:
            if match.id not in ours:
                continue
            if match.live.ending is not None:
                await self._end_match(session, match)
                written.over.append(match)
                continue
            segment = match.live.unstored_segment()
            if segment is not None:
                written.segments.append((match, segment))
            if match.live.begun and self._stored_figures.get(match.id) != _running_figures(match):
                written.figures[match.id] = _running_figures(match)
        await queries.store_segments(
            session, [_segment_row(match.id, segment) for match, segment in written.segments]
        )
        await queries.store_running_figures(session, list(written.figures.values()))
        return written

    async def _end_match(self, session: TimedSession, match: RunningMatch) -> None:
        """End a match and put its result into the outbox in the same transaction."""
        live = match.live
        row = await queries.end_match(session, match.id, figures=_final_figures(match))
        if row.winner is not None:
            body = encode_result(row, live.state.tick, live.key_changes, session.now)
            await outbox.enqueue_message(session, MATCH_FINISHED_TOPIC, body)
        await notify(session, [player_channel(row.left_id), player_channel(row.right_id)])

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
