"""Creates the objects of the service and connects them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import ColumnElement, exists, or_

from tournament.activity import Activity
from tournament.history import HistoryClient
from tournament.lifecycle import starter
from tournament.lifecycle.starter import TournamentStarter
from tournament.live import results
from tournament.live.match_host import MatchHost
from tournament.live.models import UNFINISHED, Match
from tournament.live.process import LiveProcess
from tournament.live.storing import MatchStore
from tournament.matchmaking.invitation_queries import OPEN as OFFERED
from tournament.matchmaking.maintenance import MatchmakingMaintenance, matchmaking_lifespans
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.models import Invitation, QueueEntry
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.queue import Queue
from tournament.pairings import scheduler
from tournament.pairings.brackets import BracketCache
from tournament.pairings.hotseat import HotseatPairings
from tournament.pairings.scheduler import TournamentScheduler
from tournament.pending.service import PendingActions
from tournament.settings import TournamentSettings
from tournament.tournaments.models import OPEN, RUNNING, Tournament
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.outbox import DeliveryRoute
from transcendence_common.periodic import periodic_lifespan
from transcendence_common.reads import DatabaseReads, Reads

ACTIVITY_MARGIN: Final = timedelta(minutes=1)
"""A start that is due within this time counts as activity already, and so does an invitation that expired within it."""


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The objects that live as long as the service; handlers get each as a dependency of its name."""

    activity: Activity
    match_host: MatchHost
    brackets: BracketCache
    history: HistoryClient
    hotseat: HotseatPairings
    live: LiveProcess
    matchmaker: Matchmaker
    open_pages: OpenPages
    pending: PendingActions
    queue: Queue
    reads: Reads
    starter: TournamentStarter
    scheduler: TournamentScheduler
    maintenance: MatchmakingMaintenance


def assemble(
    settings: TournamentSettings,
    db: SQLAlchemyAsyncConfig,
    live_db: SQLAlchemyAsyncConfig,
    clock: Clock,
) -> Wiring:
    """Create each object once and connect them."""
    secret = settings.tournament_service_secret.get_secret_value()
    history = HistoryClient(settings.auth_url, settings.history_url, secret)
    activity = Activity(db, clock, work_exists_at)
    match_host = MatchHost(live_db, clock)
    match_store = MatchStore(
        live_db,
        match_host,
        clock,
        activity,
        service_url=settings.auth_url,
        port=settings.tournament_port,
    )
    open_pages = OpenPages()
    reads = DatabaseReads(db)
    return Wiring(
        activity=activity,
        match_host=match_host,
        brackets=BracketCache(),
        history=history,
        hotseat=HotseatPairings(db, history),
        live=LiveProcess(live_db, clock, activity, match_host, match_store),
        matchmaker=Matchmaker(db, clock),
        open_pages=open_pages,
        pending=PendingActions(db, reads),
        queue=Queue(db, history),
        reads=reads,
        starter=TournamentStarter(db, history, clock),
        scheduler=TournamentScheduler(db, clock),
        maintenance=MatchmakingMaintenance(db, open_pages, clock),
    )


def work_exists_at(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that there is something to do, now or soon."""
    return or_(
        exists().where(Match.state.in_(UNFINISHED)),
        exists().where(QueueEntry.player_id.is_not(None)),
        # Expired invitations count for one more minute, so that both players are told of the expiry.
        exists().where(Invitation.state == OFFERED, Invitation.expires_at > now - ACTIVITY_MARGIN),
        exists().where(Tournament.state == RUNNING, Tournament.kind == "online"),
        exists().where(Tournament.state == OPEN, Tournament.starts_at <= now + ACTIVITY_MARGIN),
    )


def outbox_routes(wiring: Wiring) -> Mapping[str, DeliveryRoute]:
    """Return how outbox messages are delivered, by topic. Results of matches are retried without end."""
    return {results.MATCH_FINISHED_TOPIC: DeliveryRoute(wiring.history.deliver_result)}


def periodic_lifespans(wiring: Wiring) -> Sequence[Lifespan]:
    """Return the lifespans of periodic work, which is safe to run at several replicas at once."""
    return [
        *matchmaking_lifespans(wiring.maintenance, wiring.matchmaker, wiring.activity),
        *wiring.live.lifespans(),
        periodic_lifespan(
            "tournaments-started",
            wiring.starter.start_due_tournaments,
            every_seconds=starter.START_INTERVAL_SECONDS,
            after=wiring.activity.wait_until_active,
        ),
        periodic_lifespan(
            "tournaments-brought-forward",
            wiring.scheduler.advance_due_tournaments,
            every_seconds=scheduler.PASS_INTERVAL_SECONDS,
            after=wiring.activity.wait_until_active,
        ),
    ]
