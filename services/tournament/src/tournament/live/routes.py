"""HTTP routes of live matches, and the WebSockets for playing and watching."""

from typing import Annotated
from uuid import UUID

from litestar import Router, WebSocket, get, websocket
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.live import LiveMatchSummary, MatchMade, MatchStatus
from pong.court import NOBODY
from tournament.live.creation import match_of
from tournament.live.errors import NoSuchMatch, NotPlaying, NotYourMatch
from tournament.live.match_host import MatchHost
from tournament.live.service import page_of_running, status_of
from transcendence_common.identity import Player
from transcendence_common.metrics import STAYS_OPEN
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed, NotSignedIn


@get("/", security=SIGNED_IN_OR_NOT, responses=answers(InvalidFields))
async def list_running(
    db_session: NamedDependency[AsyncSession],
    cursor: Annotated[FromQuery[str | None], QueryParameter()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[LiveMatchSummary]:
    """Return the running matches, newest first. No sign-in is needed."""
    return await page_of_running(db_session, cursor=cursor, limit=limit)


@get("/current", security=SIGNED_IN, responses=answers(NotPlaying))
async def current_match(
    player: NamedDependency[Player], db_session: NamedDependency[AsyncSession]
) -> MatchMade:
    """Return the caller's unfinished match."""
    match_id = await match_of(db_session, player.id)
    if match_id is None:
        raise NotPlaying
    return MatchMade(match_id)


@get("/{match_id:uuid}", security=SIGNED_IN_OR_NOT, responses=answers(Malformed, NoSuchMatch))
async def show_match(
    match_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[AsyncSession],
) -> MatchStatus:
    """Return the score and state of a match, or how it ended."""
    return await status_of(db_session, match_id, visitor)


@websocket("/{match_id:uuid}/play", opt={STAYS_OPEN: True})
async def play(
    socket: WebSocket[Player | None, object, State],
    match_id: FromPath[UUID],
    match_host: NamedDependency[MatchHost],
) -> None:
    """Play over a WebSocket; docs/live-matches.md describes the protocol."""
    if socket.user is None:
        raise NotSignedIn
    match = await match_host.enter(match_id, socket.url.path)
    side = match.seating.side_of(socket.user.id)
    if side == NOBODY:
        raise NotYourMatch
    await socket.accept()
    await match.play(side, socket.receive, socket.send)


@websocket("/{match_id:uuid}/watch", opt={STAYS_OPEN: True})
async def watch(
    socket: WebSocket[Player | None, object, State],
    match_id: FromPath[UUID],
    match_host: NamedDependency[MatchHost],
) -> None:
    """Watch over a WebSocket; docs/live-matches.md describes the protocol."""
    match = await match_host.enter(match_id, socket.url.path)
    match.check_room()
    await socket.accept()
    await match.watch(socket.receive, socket.send)


live_routes = Router(
    "/matches", route_handlers=[list_running, current_match, show_match, play, watch]
)
