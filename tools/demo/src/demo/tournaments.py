"""A double elimination that ends within half a minute, and tournaments that are played out."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Final

from demo.bot import play
from demo.cast import is_weaker
from demo.player import Player

LOOK_SECONDS: Final = 0.5
TOURNAMENTS: Final = "/api/tournament/tournaments"


async def hold_elimination(organiser: Player, players: Sequence[Player]) -> None:
    """Hold a double elimination in which the weaker player of each match gives up, so that it ends within 30 s."""
    tournament_id = await _start(
        organiser, players, name="Autumn Cup", format="double_elimination", points=3
    )
    await asyncio.gather(*(_follow(each, tournament_id, resign=True) for each in players))


async def hold_repeatedly(
    organiser: Player, players: Sequence[Player], *, name: str, **wanted: object
) -> None:
    """Hold tournaments that are played out, one after the other, so that one is always running."""
    for number in count(1):
        tournament_id = await _start(organiser, players, name=f"{name} {number}", **wanted)
        await asyncio.gather(*(_follow(each, tournament_id, resign=False) for each in players))


async def _start(organiser: Player, players: Sequence[Player], **wanted: object) -> str:
    service = organiser.platform.tournament
    settings = {"size": len(players), "rated": True, "seeding": "rating", **wanted}
    made = await organiser.order(service, "POST", TOURNAMENTS, settings)
    path = f"{TOURNAMENTS}/{made['id']}"
    await organiser.order(service, "POST", f"{path}/opening")
    for player in players:
        await player.order(service, "POST", f"{path}/entries", {})
    await organiser.order(service, "POST", f"{path}/start")
    return str(made["id"])


async def _follow(player: Player, tournament_id: str, *, resign: bool) -> None:
    """Be ready for each match call of a tournament and play its match, until the tournament is over."""
    service = player.platform.tournament
    while True:
        tournament = await player.order(service, "GET", f"{TOURNAMENTS}/{tournament_id}")
        if tournament["state"] != "running":
            return
        for call in await player.order(service, "GET", f"{TOURNAMENTS}/summons"):
            if call["tournament_id"] == tournament_id:
                await _answer(player, call, resign=resign)
        await asyncio.sleep(LOOK_SECONDS)


async def _answer(player: Player, call: dict[str, object], *, resign: bool) -> None:
    match_id = call["match_id"]
    if not call["ready"]:
        path = f"{TOURNAMENTS}/{call['tournament_id']}/pairings/{call['number']}/ready"
        answer = await player.ask(player.platform.tournament, "POST", path)
        match_id = answer.json().get("match_id") if answer.is_success else None
    if match_id is not None:
        await play(
            player, str(match_id), resigns=resign and is_weaker(player.name, str(call["opponent"]))
        )
