"""Routes of a player's profile, and of the search for players."""

import asyncio
from typing import Annotated, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Template

from transcendence_common.identity import Player
from ui.clients.auth import AuthClient
from ui.clients.backend import none_if_unavailable
from ui.clients.history import HistoryClient
from ui.clients.tournaments import TournamentsClient
from ui.pages import PageRequest, render, requested_part
from ui.players.pages import SHORTEST_QUERY, PlayerPage, PlayersPage
from ui.players.rating_chart import rating_chart
from ui.session.state import session_of

MOST_PLAYERS_FOUND: Final = 20
PLACINGS_PER_PAGE: Final = 10


@get("/players")
async def find_players(
    request: PageRequest,
    player: NamedDependency[Player],  # noqa: ARG001 - turns visitors away
    auth: NamedDependency[AuthClient],
    # As a parameter named `query`, Litestar would pass all query parameters.
    typed: Annotated[str, QueryParameter(name="query")] = "",
) -> Template:
    wanted = typed.strip().removeprefix("@")
    if len(wanted) < SHORTEST_QUERY:
        return render(request, PlayersPage(query=typed, found=None))
    token = session_of(request).required_access_token()
    found = await auth.search_players(wanted, token, limit=MOST_PLAYERS_FOUND)
    page = PlayersPage(query=typed, found=found.items, has_more=found.next_cursor is not None)
    return render(request, page)


@get("/players/{username:str}")
async def show_player(
    request: PageRequest,
    username: FromPath[str],
    auth: NamedDependency[AuthClient],
    history: NamedDependency[HistoryClient],
    tournaments: NamedDependency[TournamentsClient],
    # As a parameter named `tournaments`, it would be the client.
    cursor: Annotated[str | None, QueryParameter(name="tournaments")] = None,
) -> Template:
    token = session_of(request).access_token
    profile = await auth.public_profile(username, token)
    part = requested_part(request, PlayerPage.parts)
    if part == "friendship":
        return render(request, PlayerPage(profile=profile))
    placings = tournaments.placings(profile.id, token, limit=PLACINGS_PER_PAGE, cursor=cursor)
    if part:
        page = PlayerPage(profile=profile, placings=await placings, placings_continued=True)
        return render(request, page)
    overview, placed = await asyncio.gather(
        none_if_unavailable(history.player_overview(profile.id, token)),
        none_if_unavailable(placings),
    )
    page = PlayerPage(
        profile=profile,
        overview=overview,
        chart=rating_chart(overview.rating_changes) if overview else None,
        placings=placed,
        placings_continued=cursor is not None,
    )
    return render(request, page)


PLAYER_ROUTES = [find_players, show_player]
