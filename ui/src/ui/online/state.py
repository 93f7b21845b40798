"""The state of an online match, and the page that shows it."""

from http import HTTPStatus
from uuid import UUID

import msgspec
from litestar import Response

from contracts.tournament.live import LiveMatchState, MatchStatus
from transcendence_common.identity import Player
from ui.caching import NO_STORE
from ui.clients.backend import Refused
from ui.clients.games import GamesClient
from ui.links import urls


class MatchStateAnswer(msgspec.Struct, frozen=True):
    """The answer to the game script if its WebSocket does not open; the request also renews the session."""

    state: LiveMatchState
    go_to: str


async def match_or_none(
    games: GamesClient, match_id: UUID, token: str | None
) -> MatchStatus | None:
    try:
        return await games.match(match_id, token)
    except Refused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def match_state_answer(match: MatchStatus, visitor: Player | None) -> Response[MatchStateAnswer]:
    answer = MatchStateAnswer(state=match.state, go_to=match_page_of(match, visitor))
    return Response(answer, headers=NO_STORE)


def match_page_of(match: MatchStatus, visitor: Player | None) -> str:
    """Return the page on which this visitor sees the match."""
    if match.state == "finished":
        return urls.match(match.id)
    if visitor and is_player_of(match, visitor):
        return urls.online_match(match.id)
    return urls.watch_match(match.id)


def is_player_of(match: MatchStatus, player: Player) -> bool:
    return player.id in {match.left.id, match.right.id}
