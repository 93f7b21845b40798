"""Rated matches from the queue, and the player who accepts challenges."""

import asyncio
from random import Random
from typing import Final

from demo.bot import play_match
from demo.cast import is_weaker
from demo.player import Player

POLL_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = (2.0, 12.0)
"""Between two matches of a player, so that the queue mixes who meets whom."""
SHORT_MATCHES: Final = 6
"""Matches at first that the weaker player gives up at once: ratings settle in a minute instead of an hour."""

QUEUE_PATH: Final = "/api/tournament/queue"
MATCHES_PATH: Final = "/api/tournament/matches"
INVITATIONS_PATH: Final = "/api/tournament/invitations"


async def play_rated_matches(player: Player, random: Random) -> None:
    """Play rated matches from the queue for ever; the first few are short."""
    played = 0
    while True:
        match_id = await _wait_for_match(player)
        resigns = played < SHORT_MATCHES and is_weaker(
            player.name, await _opponent_of(player, match_id)
        )
        await play_match(player, match_id, resigns=resigns)
        played += 1
        if played >= SHORT_MATCHES:
            await asyncio.sleep(random.uniform(*PAUSE_SECONDS))


async def accept_challenges(player: Player) -> None:
    """Accept each invitation to this player, and play its match to the end."""
    service = player.platform.tournament
    while True:
        waiting = await player.request_document(service, "GET", INVITATIONS_PATH)
        for invitation in waiting["incoming"]:
            path = f"{INVITATIONS_PATH}/{invitation['id']}/acceptance"
            answer = await player.request(service, "POST", path)
            if answer.is_success:
                await play_match(player, answer.json()["match_id"])
        await asyncio.sleep(POLL_SECONDS)


async def _wait_for_match(player: Player) -> str:
    service = player.platform.tournament
    while True:
        current = await player.request(service, "GET", f"{MATCHES_PATH}/current")
        if current.is_success:
            return str(current.json()["match_id"])
        await player.request(service, "PUT", QUEUE_PATH, {"points": 3, "rated": True})
        await asyncio.sleep(POLL_SECONDS)


async def _opponent_of(player: Player, match_id: str) -> str:
    match = await player.request_document(
        player.platform.tournament, "GET", f"{MATCHES_PATH}/{match_id}"
    )
    names = {match["left"]["name"], match["right"]["name"]} - {player.name}
    return str(names.pop())
