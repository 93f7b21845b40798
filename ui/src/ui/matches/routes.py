"""Routes of the match history with filters and "load more", of one match, and of its replay data."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from contracts.history.matches import Outcome
from contracts.history.modes import PlayersMode
from contracts.pages import Page
from contracts.tournament.live import MatchStatus
from contracts.tournament.tournaments import Placing
from transcendence_common.identity import Player
from ui.caching import NO_STORE
from ui.clients.backend import Refused, none_if_unavailable
from ui.clients.games import GamesClient
from ui.clients.history import HistoryClient
from ui.clients.tournaments import TournamentsClient
from ui.links import urls
from ui.matches.pages import HistoryPage, MatchNotStoredPage, MatchPage
from ui.pages import PageRequest, render, requested_part
from ui.session.state import session_of

MATCHES_PER_PAGE: Final = 20
PLACINGS_SHOWN: Final = 3
"""Few, so that the matches below stay visible."""
NOT_FOUND: Final = 404


@get("/matches")
async def show_history(
    request: PageRequest,
    player: NamedDependency[Player],
    history: NamedDependency[HistoryClient],
    tournaments: NamedDependency[TournamentsClient],
    mode: FromQuery[PlayersMode | None] = None,
    outcome: FromQuery[Outcome | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Template:
    token = session_of(request).required_access_token()
    further_down = cursor is not None or requested_part(request, HistoryPage.parts) is not None
    found, placings = await asyncio.gather(
        history.matches(token, limit=MATCHES_PER_PAGE, mode=mode, outcome=outcome, cursor=cursor),
        _load_last_placings(tournaments, None if further_down else player, token),
    )
    page = HistoryPage(
        mode=mode,
        outcome=outcome,
        matches=found.items,
        next_cursor=found.next_cursor,
        continued=cursor is not None,
        username=player.name,
        placings=placings,
    )
    return render(request, page)


@get("/matches/{match_id:uuid}")
async def show_match(
    request: PageRequest,
    match_id: FromPath[UUID],
    history: NamedDependency[HistoryClient],
    games: NamedDependency[GamesClient],
) -> Response[Any]:
    token = session_of(request).access_token
    try:
        match = await history.match(match_id, token)
    except Refused as refused:
        arriving = (
            await _match_not_stored_yet(games, match_id, token)
            if refused.status == NOT_FOUND
            else None
        )
        if arriving is None:
            raise
        return render(request, MatchNotStoredPage(match=arriving))
    if "HX-Request" in request.headers:
        # Requested by the page that waited for the match.
        return Response("", headers={"HX-Redirect": urls.match(match_id)})
    return render(request, MatchPage(match=match))


@get("/matches/{match_id:uuid}/replay", media_type="application/json")
async def get_replay(
    request: PageRequest, match_id: FromPath[UUID], history: NamedDependency[HistoryClient]
) -> Response[bytes]:
    replay = await history.replay(match_id, session_of(request).access_token)
    return Response(bytes(replay), media_type="application/json", headers=NO_STORE)


async def _load_last_placings(
    tournaments: TournamentsClient, player: Player | None, token: str
) -> Page[Placing] | None:
    if player is None:
        return None
    return await none_if_unavailable(tournaments.placings(player.id, token, limit=PLACINGS_SHOWN))


async def _match_not_stored_yet(
    games: GamesClient, match_id: UUID, token: str | None
) -> MatchStatus | None:
    """Return an online match that ended a moment ago and that history has not stored yet, or None."""
    match = await none_if_unavailable(games.match(match_id, token)) if token else None
    return match if match and match.state == "finished" else None
