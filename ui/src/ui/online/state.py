"""How a match stands, and where it is to be seen as it stands."""

from http import HTTPStatus
from uuid import UUID

import msgspec
from litestar import Response

from transcendence_common.identity import Player
from ui.clients.backend import Refused
from ui.clients.games import GamesClient, LiveMatch, MatchState
from ui.links import urls
from ui.pages import NOT_KEPT


class StateOfMatch(msgspec.Struct, frozen=True):
    """What the court's script asks when its socket will not open: asking renews the session."""

    state: MatchState
    go_to: str


async def match_or_none(games: GamesClient, match_id: UUID, token: str | None) -> LiveMatch | None:
    try:
        return await games.match(match_id, token)
    except Refused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def state_of(match: LiveMatch, visitor: Player | None) -> Response[StateOfMatch]:
    answer = StateOfMatch(state=match.state, go_to=place_of(match, visitor))
    return Response(answer, headers=NOT_KEPT)


def place_of(match: LiveMatch, visitor: Player | None) -> str:
    """The page where this visitor sees the match."""
    if match.state == "finished":
        return urls.match(match.id)
    if visitor and match.has(visitor.id):
        return urls.online_match(match.id)
    return urls.watch_match(match.id)
