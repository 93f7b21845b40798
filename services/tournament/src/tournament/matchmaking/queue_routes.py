"""HTTP routes of the queue."""

from litestar import Response, Router, delete, get, put
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.matchmaking import MatchWish, QueuePlace
from tournament.matchmaking import queue as service
from tournament.matchmaking.errors import NotQueued, StillPlaying
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.queue import Queue
from tournament.verified import NotVerified
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import InvalidFields, Malformed


@put(
    "/queue",
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, NotVerified, PlayerGone, StillPlaying),
)
async def join_queue(
    *,
    data: JSONBody[MatchWish],
    verified: NamedDependency[Player],
    queue: NamedDependency[Queue],
    matchmaker: NamedDependency[Matchmaker],
    db_session: NamedDependency[TimedSession],
) -> Response[QueuePlace]:
    """Join the queue, or change the wanted match. A place lasts 20 s; an open event stream or a GET prolongs it."""
    waiting = await queue.join(db_session, verified, data)
    return Response(waiting, background=BackgroundTask(matchmaker.pair_after_join))


@get("/queue", security=SIGNED_IN, responses=answers(NotQueued))
async def show_queue_place(
    player: NamedDependency[Player], db_session: NamedDependency[TimedSession]
) -> QueuePlace:
    """Return the caller's place and prolong it by 20 s."""
    place = await service.prolong_queue_place(db_session, player.id)
    if place is None:
        raise NotQueued
    return place


@delete("/queue", security=SIGNED_IN, responses=answers())
async def leave_queue(
    player: NamedDependency[Player], db_session: NamedDependency[AsyncSession]
) -> None:
    """Leave the queue. A caller who was paired meanwhile has a match."""
    await service.leave_queue(db_session, player.id)


queue_routes = Router("/", route_handlers=[join_queue, show_queue_place, leave_queue])
