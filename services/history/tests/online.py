"""Online matches as delivered by the service that ran them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Literal

import httpx

from history.app import SERVICE_NAME
from pong import scripted
from pong.court import LEFT, RIGHT
from pong.log import InputLog
from services.history.tests.arcade import Arcade, Json, wire
from tests.fixtures.cast import Person
from tests.fixtures.services import service_headers
from transcendence_common.ids import new_id

ONLINE = "/internal/matches"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SEED = 11

SideName = Literal["left", "right"]


def online_match(
    left: Person, right: Person, winner: SideName = "left", /, **changes: object
) -> Json:
    """Return a delivery in which the loser did not press a key; `changes` replace fields."""
    return {
        "match_id": str(new_id()),
        "rules": 1,
        "seed": SEED,
        "points": 3,
        "rated": True,
        "played_at": NOON.isoformat(),
        "delay": 2,
        "left": _side(left, late=1, rtt_ms=24),
        "right": _side(right, late=0, rtt_ms=61),
        "inputs": wire(played(winner)),
        "forfeited_by": None,
        **changes,
    }


def given_up(left: Person, right: Person, by: SideName, ticks: int, **changes: object) -> Json:
    """Return a delivery of a match that the left side was winning, forfeited at a tick."""
    log = played("left")
    cut = InputLog(ticks, [change for change in log.changes if change[0] < ticks])
    return online_match(left, right, **{"inputs": wire(cut), "forfeited_by": by, **changes})


@cache
def played(winner: SideName) -> InputLog:
    """Return the log of a match of a perfect player against an absent one."""
    there, away = (LEFT, RIGHT) if winner == "left" else (RIGHT, LEFT)
    players: dict[int, scripted.ScriptedPlayer] = {
        there: scripted.PerfectPlayer(there),
        away: scripted.stay_still,
    }
    return scripted.play_match("online", None, SEED, 3, players[LEFT], right=players[RIGHT])[1]


async def deliver(arcade: Arcade, key_of: Person, body: Json) -> httpx.Response:
    headers = service_headers(key_of.key, SERVICE_NAME, sub="service:tournament")
    return await arcade.client.post(ONLINE, json=body, headers=headers)


async def delivered(
    arcade: Arcade, left: Person, right: Person, winner: SideName = "left", /, **changes: object
) -> Json:
    """Deliver a match for the first time; return its record."""
    answer = await deliver(arcade, left, online_match(left, right, winner, **changes))
    assert answer.status_code == 201, answer.text
    record: Json = answer.json()
    return record


async def deliver_at_once(
    arcade: Arcade, key_of: Person, bodies: Sequence[Json]
) -> list[httpx.Response]:
    return await asyncio.gather(*(deliver(arcade, key_of, body) for body in bodies))


def _side(person: Person, **line: int) -> Json:
    return {"player_id": str(person.id), "name": person.name, **line}
