"""Routes of a player's profile, and of the search for players."""

import asyncio
from typing import Annotated, Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Template

from contracts.history.matches import MatchRecord
from contracts.history.modes import PlayersMode
from transcendence_common.identity import Player
from ui.clients.auth import AuthClient
from ui.clients.backend import none_if_unavailable
from ui.clients.history import HistoryClient
from ui.clients.tournaments import TournamentsClient
from ui.pages import PageRequest, render, requested_part
from ui.players.pages import SHORTEST_QUERY, PlayerPage, PlayersPage
from ui.players.rating_chart import rating_chart
from ui.session.state import session_of

RECENT_MATCHES: Final = 5
MOST_PLAYERS_FOUND: Final = 20
MATCHES_OF_CHART: Final = 100
PLACINGS_PER_PAGE: Final = 10
PUBLIC_MODES: Final[tuple[PlayersMode, ...]] = ("online", "ai")


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
    stats, rating, changes, opponents, matches, placed = await asyncio.gather(
        none_if_unavailable(history.player_stats(profile.id, token)),
        none_if_unavailable(history.rating(profile.id, token)),
        none_if_unavailable(history.rating_changes(profile.id, token, limit=MATCHES_OF_CHART)),
        none_if_unavailable(history.opponents(profile.id, token)),
        _recent_matches(history, profile.id, token),
        none_if_unavailable(placings),
    )
    page = PlayerPage(
        profile=profile,
        stats=stats,
        rating=rating,
        chart=rating_chart(changes.items) if changes else None,
        opponents=opponents.items if opponents else None,
        matches=matches,
        placings=placed,
        placings_continued=cursor is not None,
    )
    return render(request, page)


async def _recent_matches(
    history: HistoryClient, player_id: UUID, token: str | None
) -> list[MatchRecord] | None:
    """Return a player's recent matches without local ones, because history shows those only to their player."""
    if token is None:
        return []
    lists = await asyncio.gather(
        *(
            none_if_unavailable(
                history.matches(token, limit=RECENT_MATCHES, player_id=player_id, mode=mode)
            )
            for mode in PUBLIC_MODES
        )
    )
    answered = [found.items for found in lists if found is not None]
    if len(answered) < len(lists):
        return None
    matches = [match for items in answered for match in items]
    return sorted(matches, key=lambda match: match.played_at, reverse=True)[:RECENT_MATCHES]


PLAYER_ROUTES = [find_players, show_player]
