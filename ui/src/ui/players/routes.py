"""A player's profile, and the search for players."""

import asyncio
from typing import Annotated, Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Template

from transcendence_common.identity import Player
from ui.clients.backend import BackendDown, Refused
from ui.clients.history import HistoryClient, Match, Totals
from ui.clients.profiles import ProfilesClient
from ui.pages import PageRequest, render
from ui.players.pages import SHORTEST_QUERY, PlayerPage, PlayersPage
from ui.session.state import session_of

RECENT_MATCHES: Final = 5
MOST_FOUND: Final = 20


@get("/players")
async def find_players(
    request: PageRequest,
    player: NamedDependency[Player],  # noqa: ARG001 - turns visitors away
    profiles: NamedDependency[ProfilesClient],
    # `query` alone is what Litestar calls all of them.
    typed: Annotated[str, QueryParameter(name="query")] = "",
) -> Template:
    wanted = typed.strip().removeprefix("@")
    if len(wanted) < SHORTEST_QUERY:
        return render(request, PlayersPage(query=typed, found=None))
    token = session_of(request).bearer()
    found = await profiles.search(wanted, token, limit=MOST_FOUND)
    page = PlayersPage(query=typed, found=found.items, has_more=found.next_cursor is not None)
    return render(request, page)


@get("/players/{username:str}")
async def show_player(
    request: PageRequest,
    username: FromPath[str],
    profiles: NamedDependency[ProfilesClient],
    history: NamedDependency[HistoryClient],
) -> Template:
    token = session_of(request).access_token
    profile = await profiles.profile(username, token)
    totals, matches = await asyncio.gather(
        _totals(history, profile.id, token), _recent_matches(history, profile.id, token)
    )
    return render(request, PlayerPage(profile=profile, totals=totals, matches=matches))


async def _totals(history: HistoryClient, player_id: UUID, token: str | None) -> Totals | None:
    try:
        return (await history.stats(player_id, token)).total
    except (BackendDown, Refused):
        return None


async def _recent_matches(
    history: HistoryClient, player_id: UUID, token: str | None
) -> list[Match] | None:
    """Only those against the computer: history keeps names typed at a keyboard to whoever typed them."""
    if token is None:
        return []
    try:
        page = await history.matches(token, limit=RECENT_MATCHES, player_id=player_id, mode="ai")
    except (BackendDown, Refused):
        return None
    return page.items


PLAYERS = [find_players, show_player]
