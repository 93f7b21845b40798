"""HTTP routes to submit matches and read records and replays."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.history.matches import MAX_BODY_BYTES, MatchRecord, MatchSubmission, Outcome, Replay
from contracts.history.modes import PlayersMode
from contracts.pages import Page
from history.errors import SUBMISSION_REFUSALS, NoSuchMatch, TooManyLongLogs
from history.matches.long_logs import LongLogLimit
from history.matches.queries import get_match, get_replay, page_of_matches
from history.matches.service import verify_and_store_match
from history.tickets.signing import TicketSigner
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed
from transcendence_common.reads import Reads


@post(
    "/",
    request_max_body_size=MAX_BODY_BYTES,
    middleware=[LongLogLimit()],
    security=SIGNED_IN,
    responses={
        HTTP_200_OK: ResponseSpec(
            MatchRecord, description="The same log again", generate_examples=False
        ),
        **answers(Malformed, InvalidFields, PlayerGone, TooManyLongLogs, *SUBMISSION_REFUSALS),
    },
)
async def submit_match(
    *,
    data: JSONBody[MatchSubmission],
    player: NamedDependency[Player],
    tickets: NamedDependency[TicketSigner],
    reads: NamedDependency[Reads],
    db_session: NamedDependency[TimedSession],
) -> Response[MatchRecord]:
    """Verify a finished match and return its record: 201, or 200 if the same log was stored before."""
    record, created = await verify_and_store_match(
        db_session, reads, data, tickets=tickets, player=player
    )
    return Response(record, status_code=HTTP_201_CREATED if created else HTTP_200_OK)


@get("/", security=SIGNED_IN, responses=answers(InvalidFields))
async def list_matches(
    *,
    player: NamedDependency[Player],
    reads: NamedDependency[Reads],
    player_id: Annotated[UUID | None, QueryParameter(name="player")] = None,
    mode: FromQuery[PlayersMode | None] = None,
    outcome: FromQuery[Outcome | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[MatchRecord]:
    """Return a page of a player's matches, newest first; without `player`, of the caller's own matches."""
    return await page_of_matches(
        reads,
        player=player_id or player.id,
        reader=player.id,
        mode=mode,
        outcome=outcome,
        cursor=cursor,
        limit=limit,
    )


@get("/{match_id:uuid}", security=SIGNED_IN_OR_NOT, responses=answers(Malformed, NoSuchMatch))
async def show_match(
    match_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    reads: NamedDependency[Reads],
) -> MatchRecord:
    """Return the record of one match."""
    return await get_match(reads, match_id, visitor.id if visitor else None)


@get(
    "/{match_id:uuid}/replay",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, NoSuchMatch),
)
async def show_replay(
    match_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    reads: NamedDependency[Reads],
) -> Replay:
    """Return the data to watch a match again."""
    return await get_replay(reads, match_id, visitor.id if visitor else None)


match_routes = Router(
    "/api/history/matches", route_handlers=[submit_match, list_matches, show_match, show_replay]
)
