"""Periodic work of matchmaking, safe to run at several replicas at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from tournament.activity import Activity
from tournament.matchmaking import invitation_queries, queue_queries
from tournament.matchmaking.invitation_events import note
from tournament.matchmaking.invitation_queries import OPEN
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.metrics import LONGEST_WAIT, WAITING
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.queue import PROLONGED_FOR
from tournament.signals import games_channel
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.database import session_at
from transcendence_common.periodic import repeating
from transcendence_common.signals import notify

PAIRED_EVERY_SECONDS = 1
KEPT_UP_EVERY_SECONDS = 5
"""A quarter of the time for which a place is kept."""
FORGOTTEN_AFTER = timedelta(hours=1)
"""Retention of expired invitations, so that a player who opens one late is told that it is over."""

logger = structlog.get_logger("tournament.queue")


class MatchmakingMaintenance:
    """Prolongs the places of players with an open page, and deletes expired places and invitations."""

    def __init__(self, db: SQLAlchemyAsyncConfig, pages: OpenPages, clock: Clock) -> None:
        self._db = db
        self._pages = pages
        self._clock = clock
        self._looked_at: datetime | None = None

    async def maintain(self) -> None:
        now = self._clock()
        async with session_at(self._db, now) as session:
            await queue_queries.prolong(session, self._pages.player_ids, now + PROLONGED_FOR)
            left = await queue_queries.sweep(session)
            # Every replica notifies the players: an extra signal only costs one reload.
            expired = await invitation_queries.expired_between(session, self._looked_at or now)
            forgotten = await invitation_queries.forget(session, now - FORGOTTEN_AFTER)
            people = {
                *left,
                *(each.from_id for each in expired),
                *(each.to_id for each in expired if each.to_id is not None),
            }
            await notify(session, map(games_channel, people))
            waiting, since = await queue_queries.count_waiting(session)
        self._looked_at = now
        if left:
            _log_swept(left)
        WAITING.set(waiting)
        LONGEST_WAIT.set(max((now - since).total_seconds(), 0) if since else 0)
        for each in forgotten:
            if each.state == OPEN:
                note(each, "expired")


def matchmaking_maintenance(
    maintenance: MatchmakingMaintenance, matchmaker: Matchmaker, activity: Activity
) -> Sequence[Lifespan]:
    """Return the lifespans that pair players and maintain the tables."""
    return [
        repeating(
            "queue-kept-up",
            maintenance.maintain,
            every_seconds=KEPT_UP_EVERY_SECONDS,
            after=activity.wait,
        ),
        repeating(
            "players-paired",
            matchmaker.pair_up,
            every_seconds=PAIRED_EVERY_SECONDS,
            after=activity.wait,
        ),
    ]


def _log_swept(player_ids: Sequence[UUID]) -> None:
    """Log players removed from the queue: their page stopped prolonging the place, or they found a match elsewhere."""
    logger.info(
        "queue swept",
        **{
            "event.action": "queue-swept",
            "event.category": ["process"],
            "event.type": ["change"],
            "event.outcome": "success",
            "related.user": [str(each) for each in player_ids],
        },
    )
