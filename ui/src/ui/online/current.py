"""The player's current match, or their place in the queue."""

from uuid import UUID

from contracts.tournament.matchmaking import QueuePlace
from contracts.tournament.problems import TournamentCode
from ui.clients.backend import Refused
from ui.clients.games import GamesClient


async def current_match_id(games: GamesClient, token: str) -> UUID | None:
    try:
        return (await games.current_match(token)).match_id
    except Refused as refused:
        if refused.code != TournamentCode.NOT_PLAYING:
            raise
        return None


async def queue_place_or_none(games: GamesClient, token: str) -> QueuePlace | None:
    try:
        return await games.queue_place(token)
    except Refused as refused:
        if refused.code != TournamentCode.NOT_QUEUED:
            raise
        return None
