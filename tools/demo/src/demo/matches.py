"""Rated matches from the queue, and the player who accepts challenges."""

import asyncio
from random import Random
from typing import Final

from demo.bot import play
from demo.cast import is_weaker
from demo.player import Player

LOOK_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = (2.0, 12.0)
"""Between two matches of a player, so that the queue mixes who meets whom."""
RESIGNING: Final = 6
"""Matches at first that the weaker player gives up at once: ratings settle in a minute instead of an hour."""

QUEUE: Final = "/api/tournament/queue"
MATCHES: Final = "/api/tournament/matches"
INVITATIONS: Final = "/api/tournament/invitations"


async def play_rated(player: Player, random: Random) -> None:
    """Play rated matches from the queue for ever; the first few are short."""
    played = 0
    while True:
        match_id = await _next_match(player)
        resigns = played < RESIGNING and is_weaker(player.name, await _opponent(player, match_id))
        await play(player, match_id, resigns=resigns)
        played += 1
        if played >= RESIGNING:
            await asyncio.sleep(random.uniform(*PAUSE_SECONDS))


async def accept_challenges(player: Player) -> None:
    """Accept each invitation to this player, and play its match to the end."""
    service = player.platform.tournament
    while True:
        waiting = await player.order(service, "GET", INVITATIONS)
        for invitation in waiting["incoming"]:
            path = f"{INVITATIONS}/{invitation['id']}/acceptance"
            answer = await player.ask(service, "POST", path)
            if answer.is_success:
                await play(player, answer.json()["match_id"])
        await asyncio.sleep(LOOK_SECONDS)


async def _next_match(player: Player) -> str:
    service = player.platform.tournament
    while True:
        current = await player.ask(service, "GET", f"{MATCHES}/current")
        if current.is_success:
            return str(current.json()["match_id"])
        await player.ask(service, "PUT", QUEUE, {"points": 3, "rated": True})
        await asyncio.sleep(LOOK_SECONDS)


async def _opponent(player: Player, match_id: str) -> str:
    match = await player.order(player.platform.tournament, "GET", f"{MATCHES}/{match_id}")
    names = {match["left"]["name"], match["right"]["name"]} - {player.name}
    return str(names.pop())
