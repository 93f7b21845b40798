"""HTTP routes of live matches, and the WebSockets for playing and watching."""

from typing import Annotated
from uuid import UUID

from litestar import Router, WebSocket, get, websocket
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.live import LiveMatchSummary, MatchReference, MatchStatus
from pong.court import NOBODY
from tournament.live.creation import unfinished_match_of
from tournament.live.errors import NoSuchMatch, NotYourMatch, NoUnfinishedMatch
from tournament.live.match_host import MatchHost
from tournament.live.service import page_of_running_matches, read_match_status
from transcendence_common.identity import Player
from transcendence_common.metrics import STAYS_OPEN
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed, NotSignedIn
from transcendence_common.reads import Reads
from transcendence_common.websocket_protocol import frames_of


@get("/", security=SIGNED_IN_OR_NOT, responses=answers(InvalidFields))
async def list_running_matches(
    reads: NamedDependency[Reads],
    cursor: Annotated[FromQuery[str | None], QueryParameter()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[LiveMatchSummary]:
    """Return the running matches, newest first. No sign-in is needed."""
    return await page_of_running_matches(reads, cursor=cursor, limit=limit)


@get("/current", security=SIGNED_IN, responses=answers(NoUnfinishedMatch))
async def show_current_match(
    player: NamedDependency[Player], db_session: NamedDependency[AsyncSession]
) -> MatchReference:
    """Return the caller's unfinished match."""
    match_id = await unfinished_match_of(db_session, player.id)
    if match_id is None:
        raise NoUnfinishedMatch
    return MatchReference(match_id)


@get("/{match_id:uuid}", security=SIGNED_IN_OR_NOT, responses=answers(Malformed, NoSuchMatch))
async def show_match(
    match_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[AsyncSession],
) -> MatchStatus:
    """Return the score and state of a match, or how it ended."""
    return await read_match_status(db_session, match_id, visitor)


@websocket("/{match_id:uuid}/play", opt={STAYS_OPEN: True})
async def play_match(
    socket: WebSocket[Player | None, object, State],
    match_id: FromPath[UUID],
    match_host: NamedDependency[MatchHost],
) -> None:
    """Play over a WebSocket; docs/live-matches.md describes the protocol."""
    if socket.user is None:
        raise NotSignedIn
    match = await match_host.get_or_take(match_id, socket.url.path)
    side = match.seating.side_of(socket.user.id)
    if side == NOBODY:
        raise NotYourMatch
    await socket.accept()
    await match.serve_player(side, socket.receive, socket.send, frames_of(socket.scope))


@websocket("/{match_id:uuid}/watch", opt={STAYS_OPEN: True})
async def watch_match(
    socket: WebSocket[Player | None, object, State],
    match_id: FromPath[UUID],
    match_host: NamedDependency[MatchHost],
) -> None:
    """Watch over a WebSocket; docs/live-matches.md describes the protocol."""
    match = await match_host.get_or_take(match_id, socket.url.path)
    match.check_spectator_limit()
    await socket.accept()
    await match.serve_spectator(socket.receive, socket.send, frames_of(socket.scope))


live_routes = Router(
    "/matches",
    route_handlers=[list_running_matches, show_current_match, show_match, play_match, watch_match],
)
