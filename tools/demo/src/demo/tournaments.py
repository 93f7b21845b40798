"""A double elimination that ends within half a minute, and tournaments that are played out."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Final

from demo.bot import play_match
from demo.cast import is_weaker
from demo.player import Player

POLL_SECONDS: Final = 0.5
TOURNAMENTS_PATH: Final = "/api/tournament/tournaments"


async def hold_elimination(organiser: Player, players: Sequence[Player]) -> None:
    """Hold a double elimination in which the weaker player of each match gives up, so that it ends within 30 s."""
    tournament_id = await _start_tournament(
        organiser, players, name="Autumn Cup", format="double_elimination", points=3
    )
    await asyncio.gather(*(_play_until_over(each, tournament_id, resign=True) for each in players))


async def hold_tournaments_repeatedly(
    organiser: Player, players: Sequence[Player], *, name: str, **wanted: object
) -> None:
    """Hold tournaments that are played out, one after the other, so that one is always running."""
    for number in count(1):
        tournament_id = await _start_tournament(
            organiser, players, name=f"{name} {number}", **wanted
        )
        await asyncio.gather(
            *(_play_until_over(each, tournament_id, resign=False) for each in players)
        )


async def _start_tournament(organiser: Player, players: Sequence[Player], **wanted: object) -> str:
    service = organiser.platform.tournament
    settings = {"size": len(players), "rated": True, "seeding": "rating", **wanted}
    made = await organiser.request_document(service, "POST", TOURNAMENTS_PATH, settings)
    path = f"{TOURNAMENTS_PATH}/{made['id']}"
    await organiser.request_document(service, "POST", f"{path}/opening")
    for player in players:
        await player.request_document(service, "POST", f"{path}/entries", {})
    await organiser.request_document(service, "POST", f"{path}/start")
    return str(made["id"])


async def _play_until_over(player: Player, tournament_id: str, *, resign: bool) -> None:
    """Be ready for each match call of a tournament and play its match, until the tournament is over."""
    service = player.platform.tournament
    while True:
        tournament = await player.request_document(
            service, "GET", f"{TOURNAMENTS_PATH}/{tournament_id}"
        )
        if tournament["state"] != "running":
            return
        for call in await player.request_document(service, "GET", f"{TOURNAMENTS_PATH}/summons"):
            if call["tournament_id"] == tournament_id:
                await _play_called_match(player, call, resign=resign)
        await asyncio.sleep(POLL_SECONDS)


async def _play_called_match(player: Player, call: dict[str, object], *, resign: bool) -> None:
    match_id = call["match_id"]
    if not call["ready"]:
        path = f"{TOURNAMENTS_PATH}/{call['tournament_id']}/pairings/{call['number']}/ready"
        answer = await player.request(player.platform.tournament, "POST", path)
        match_id = answer.json().get("match_id") if answer.is_success else None
    if match_id is not None:
        await play_match(
            player, str(match_id), resigns=resign and is_weaker(player.name, str(call["opponent"]))
        )
