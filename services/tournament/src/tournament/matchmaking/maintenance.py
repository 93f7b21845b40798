"""Periodic work of matchmaking, safe to run at several replicas at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from tournament.activity import Activity
from tournament.matchmaking import invitation_queries, queue_queries
from tournament.matchmaking.invitation_events import log_invitation
from tournament.matchmaking.invitation_queries import OPEN
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.metrics import QUEUE_LONGEST_WAIT, QUEUE_WAITING
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.queue import PLACE_LIFETIME
from tournament.signals import player_channel
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.database import session_at
from transcendence_common.periodic import periodic_lifespan
from transcendence_common.signals import notify

PAIRING_INTERVAL_SECONDS = 1
MAINTENANCE_INTERVAL_SECONDS = 5
"""A quarter of the time for which a place is kept."""
EXPIRED_INVITATIONS_KEPT_FOR = timedelta(hours=1)
"""Retention of expired invitations, so that a player who opens one late is told that it is over."""

logger = structlog.get_logger("tournament.queue")


class MatchmakingMaintenance:
    """Prolongs the places of players with an open page, and deletes expired places and invitations."""

    def __init__(self, db: SQLAlchemyAsyncConfig, pages: OpenPages, clock: Clock) -> None:
        self._db = db
        self._pages = pages
        self._clock = clock
        self._maintained_at: datetime | None = None

    async def maintain(self) -> None:
        now = self._clock()
        async with session_at(self._db, now) as session:
            await queue_queries.prolong_places(
                session, self._pages.player_ids, now + PLACE_LIFETIME
            )
            left = await queue_queries.delete_stale_places(session)
            # Every replica notifies the players: an extra signal only costs one reload.
            expired = await invitation_queries.find_expired_since(
                session, self._maintained_at or now
            )
            forgotten = await invitation_queries.delete_expired(
                session, now - EXPIRED_INVITATIONS_KEPT_FOR
            )
            people = {
                *left,
                *(each.from_id for each in expired),
                *(each.to_id for each in expired if each.to_id is not None),
            }
            await notify(session, map(player_channel, people))
            waiting, since = await queue_queries.count_waiting(session)
        self._maintained_at = now
        if left:
            _log_queue_swept(left)
        QUEUE_WAITING.set(waiting)
        QUEUE_LONGEST_WAIT.set(max((now - since).total_seconds(), 0) if since else 0)
        for each in forgotten:
            if each.state == OPEN:
                log_invitation(each, "expired")


def matchmaking_lifespans(
    maintenance: MatchmakingMaintenance, matchmaker: Matchmaker, activity: Activity
) -> Sequence[Lifespan]:
    """Return the lifespans that pair players and maintain the tables."""
    return [
        periodic_lifespan(
            "queue-kept-up",
            maintenance.maintain,
            every_seconds=MAINTENANCE_INTERVAL_SECONDS,
            after=activity.wait_until_active,
        ),
        periodic_lifespan(
            "players-paired",
            matchmaker.pair_waiting_players,
            every_seconds=PAIRING_INTERVAL_SECONDS,
            after=activity.wait_until_active,
        ),
    ]


def _log_queue_swept(player_ids: Sequence[UUID]) -> None:
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
