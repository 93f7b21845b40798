"""HTTP routes of players' statistics."""

from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.history.players import Opponents, PlayerStats
from history.players.queries import read_opponents, read_stats
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN_OR_NOT, answers
from transcendence_common.problems import Malformed, NotFound
from transcendence_common.reads import Reads


@get(
    "/{player_id:uuid}/stats",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, NotFound),
)
async def show_stats(
    player_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    reads: NamedDependency[Reads],
) -> PlayerStats:
    """Return a player's matches played, won and lost, and the longest rally, in total and by mode; streaks by mode."""
    return await read_stats(reads, player_id, visitor.id if visitor else None)


@get(
    "/{player_id:uuid}/opponents",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, NotFound),
)
async def list_opponents(player_id: FromPath[UUID], reads: NamedDependency[Reads]) -> Opponents:
    """Return the ten opponents that a player has met most often online, most often first."""
    return await read_opponents(reads, player_id)


player_routes = Router("/api/history/players", route_handlers=[show_stats, list_opponents])
