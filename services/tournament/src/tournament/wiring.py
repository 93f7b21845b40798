"""The objects that the service is made of, and how they are connected."""

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
"""A tournament that starts so soon goes on already."""


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The objects that live as long as the service; handlers may ask for each by its name."""

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
        neighbour_url=settings.auth_url,
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
    """Return what tells whether anything goes on, or is about to."""
    return or_(
        exists().where(Match.state.in_(UNFINISHED)),
        exists().where(QueueEntry.player_id.is_not(None)),
        # A minute longer, so that both hear that it was not answered.
        exists().where(Invitation.state == OFFERED, Invitation.expires_at > now - AHEAD),
        exists().where(Tournament.state == RUNNING, Tournament.kind == "online"),
        exists().where(Tournament.state == OPEN, Tournament.starts_at <= now + AHEAD),
    )


def outbox_routes(wiring: Wiring) -> Mapping[str, Route]:
    """Return where results go. None is ever given up."""
    return {results.TOPIC: Route(wiring.history.deliver)}


def repeated(wiring: Wiring) -> Sequence[Lifespan]:
    """Return the lifespans of what is done again and again: each bears being done by several replicas."""
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
