"""Creates the objects of the service and connects them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import ColumnElement, exists, or_

from tournament.activity import Activity
from tournament.history import History
from tournament.lifecycle import starter
from tournament.lifecycle.starter import Starter
from tournament.live import results
from tournament.live.match_host import MatchHost
from tournament.live.models import UNFINISHED, Match
from tournament.live.process import LiveProcess
from tournament.live.storing import MatchStore
from tournament.matchmaking.invitation_queries import OPEN as OFFERED
from tournament.matchmaking.maintenance import MatchmakingMaintenance, matchmaking_maintenance
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.models import Invitation, QueueEntry
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.queue import Queue
from tournament.pairings import scheduler
from tournament.pairings.brackets import Brackets
from tournament.pairings.hotseat import Hotseat
from tournament.pairings.scheduler import TournamentScheduler
from tournament.settings import TournamentSettings
from tournament.tournaments.models import OPEN, RUNNING, Tournament
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.outbox import Route
from transcendence_common.periodic import repeating

AHEAD: Final = timedelta(minutes=1)
"""A start that is due within this time counts as activity already."""


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The objects that live as long as the service; handlers get each as a dependency of its name."""

    activity: Activity
    match_host: MatchHost
    brackets: Brackets
    history: History
    hotseat: Hotseat
    live: LiveProcess
    matchmaker: Matchmaker
    open_pages: OpenPages
    queue: Queue
    starter: Starter
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
    history = History(settings.auth_url, settings.history_url, secret)
    activity = Activity(db, clock, anything_at)
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
    return Wiring(
        activity=activity,
        match_host=match_host,
        brackets=Brackets(),
        history=history,
        hotseat=Hotseat(db, history),
        live=LiveProcess(live_db, clock, activity, match_host, match_store),
        matchmaker=Matchmaker(db, clock),
        open_pages=open_pages,
        queue=Queue(db, history),
        starter=Starter(db, history, clock),
        scheduler=TournamentScheduler(db, clock),
        maintenance=MatchmakingMaintenance(db, open_pages, clock),
    )


def anything_at(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that there is something to do, now or soon."""
    return or_(
        exists().where(Match.state.in_(UNFINISHED)),
        exists().where(QueueEntry.player_id.is_not(None)),
        # Expired invitations count for one more minute, so that both players are told of the expiry.
        exists().where(Invitation.state == OFFERED, Invitation.expires_at > now - AHEAD),
        exists().where(Tournament.state == RUNNING, Tournament.kind == "online"),
        exists().where(Tournament.state == OPEN, Tournament.starts_at <= now + AHEAD),
    )


def outbox_routes(wiring: Wiring) -> Mapping[str, Route]:
    """Return where outbox messages go. Results are retried without end."""
    return {results.TOPIC: Route(wiring.history.deliver)}


def repeated(wiring: Wiring) -> Sequence[Lifespan]:
    """Return the lifespans of periodic work, which is safe to run at several replicas at once."""
    return [
        *matchmaking_maintenance(wiring.maintenance, wiring.matchmaker, wiring.activity),
        *wiring.live.lifespans(),
        repeating(
            "tournaments-started",
            wiring.starter.start_due,
            every_seconds=starter.EVERY_SECONDS,
            after=wiring.activity.wait,
        ),
        repeating(
            "tournaments-brought-forward",
            wiring.scheduler.look,
            every_seconds=scheduler.EVERY_SECONDS,
            after=wiring.activity.wait,
        ),
    ]
