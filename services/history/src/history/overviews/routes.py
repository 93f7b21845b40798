"""HTTP route of a player's overview."""

from datetime import datetime
from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.history.overviews import PlayerOverview
from history.overviews.service import read_overview
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN_OR_NOT, answers
from transcendence_common.problems import Malformed, NotFound
from transcendence_common.reads import Reads


@get(
    "/{player_id:uuid}/overview",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, NotFound),
)
async def show_overview(
    player_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    reads: NamedDependency[Reads],
    now: NamedDependency[datetime],
) -> PlayerOverview:
    """Return a player's statistics, rating, opponents and latest matches: all that a profile shows of them."""
    return await read_overview(reads, player_id, visitor.id if visitor else None, now)


overview_routes = Router("/api/history/players", route_handlers=[show_overview])
