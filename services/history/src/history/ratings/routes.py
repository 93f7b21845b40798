"""HTTP routes of the leaderboard and of players' ratings."""

from datetime import datetime
from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.history.ratings import CurrentStanding, LeaderboardLine, RatingChangeDetails
from contracts.pages import Page
from history.ratings import queries
from transcendence_common.openapi import SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed, NotFound
from transcendence_common.reads import Reads


@get("/leaderboard", security=SIGNED_IN_OR_NOT, responses=answers(InvalidFields))
async def show_leaderboard(
    *,
    reads: NamedDependency[Reads],
    now: NamedDependency[datetime],
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[LeaderboardLine]:
    """Return a page of the players whose rating is settled, best first."""
    return await queries.page_of_leaderboard(reads, now, cursor=cursor, limit=limit)


@get(
    "/players/{player_id:uuid}/rating",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, NotFound),
)
async def show_rating(
    player_id: FromPath[UUID],
    reads: NamedDependency[Reads],
    now: NamedDependency[datetime],
) -> CurrentStanding:
    """Return a player's rating; a newcomer's if there is none."""
    return await queries.read_standing(reads, player_id, now)


@get(
    "/players/{player_id:uuid}/rating/changes",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, InvalidFields, NotFound),
)
async def list_rating_changes(
    *,
    player_id: FromPath[UUID],
    reads: NamedDependency[Reads],
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[RatingChangeDetails]:
    """Return a page of the changes of a player's rating, newest first."""
    return await queries.page_of_rating_changes(reads, player_id, cursor=cursor, limit=limit)


rating_routes = Router(
    "/api/history", route_handlers=[show_leaderboard, show_rating, list_rating_changes]
)
