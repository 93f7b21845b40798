"""Internal routes of matches for tournament, which delivers each online match at least once."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.history.matches import MAX_DELIVERY_BYTES, MatchRecord, OnlineMatch
from history.matches.long_logs import LongLogLimit
from history.matches.online import verify_and_store_online_match
from history.matches.queries import get_tournament_match
from transcendence_common.reads import Reads
from transcendence_common.service_identity import called_by


@post(
    "/matches",
    request_max_body_size=MAX_DELIVERY_BYTES,
    middleware=[LongLogLimit()],
    opt=called_by("tournament"),
)
async def receive_match(
    data: JSONBody[OnlineMatch],
    reads: NamedDependency[Reads],
    db_session: NamedDependency[AsyncSession],
) -> Response[MatchRecord]:
    """Verify an online match and return its record: 201, or 200 if it was stored before."""
    record, created = await verify_and_store_online_match(db_session, reads, data)
    return Response(record, status_code=HTTP_201_CREATED if created else HTTP_200_OK)


@get("/matches/{match_id:uuid}", opt=called_by("tournament"))
async def show_match(match_id: FromPath[UUID], reads: NamedDependency[Reads]) -> MatchRecord:
    """Return the record of an online or hotseat match, regardless of who may see it elsewhere."""
    return await get_tournament_match(reads, match_id)


INTERNAL_ROUTES = [receive_match, show_match]
