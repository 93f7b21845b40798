"""Internal route of ratings for tournament."""

from datetime import datetime

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK

from contracts.history.ratings import RatingsRequest, RatingsResponse
from history.ratings.queries import read_ratings
from transcendence_common.reads import Reads
from transcendence_common.service_identity import called_by


@post("/ratings", status_code=HTTP_200_OK, opt=called_by("tournament"))
async def show_ratings(
    data: JSONBody[RatingsRequest],
    reads: NamedDependency[Reads],
    now: NamedDependency[datetime],
) -> RatingsResponse:
    """Return the ratings of several players. It is a POST because a URL cannot hold a thousand IDs."""
    return RatingsResponse(await read_ratings(reads, data.player_ids, now))


INTERNAL_ROUTES = [show_ratings]
