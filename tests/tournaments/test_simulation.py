"""Whole tournaments on a running platform with two replicas, of which one is killed twice."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any

import httpx
import pytest

from tests.browser.people import register_verified
from tests.fixtures.launched import LaunchedPlatform, launched_platform, replica_of
from tests.platform.players import client_at
from tests.tournaments.players import Player

SIZES = [
    pytest.param(16, marks=pytest.mark.thorough),
    pytest.param(64, marks=pytest.mark.drill),
]
SWISS_ROUNDS = 6
AT_ONCE = 8
"""Players who register in parallel: hashing passwords is expensive by design."""
KILLS = 2
LONGEST_SECONDS = 400
DELIVERY_SECONDS = 60
POLL_SECONDS = 0.5
TO_BE_PLAYED = {"played", "forfeit"}
MANY_AT_ONE_ADDRESS = {
    "GATEWAY_LOGIN_RATE": "6000r/m",
    "GATEWAY_LOGIN_BURST": "1000",
    "GATEWAY_CONNECTIONS": "2000",
}


@pytest.fixture(scope="module", params=SIZES)
async def players(
    request: pytest.FixtureRequest,
) -> AsyncGenerator[tuple[LaunchedPlatform, list[Player]], None]:
    with launched_platform(MANY_AT_ONE_ADDRESS) as platform, replica_of(platform, "tournament"):
        async with AsyncExitStack() as clients:
            turn = asyncio.Semaphore(AT_ONCE)
            strengths: dict[str, int] = {}

            async def come(strength: int) -> Player:
                client = await clients.enter_async_context(client_at(platform.url, 20))
                async with turn:
                    account = await register_verified(platform, client)
                strengths[account.username] = strength
                return Player(account, strength, strengths)

            yield platform, await asyncio.gather(*map(come, range(request.param)))


@pytest.mark.parametrize("format_", ["double_elimination", "swiss"])
async def test_every_match_is_played_in_spite_of_two_kills(
    players: tuple[LaunchedPlatform, list[Player]],
    capsys: pytest.CaptureFixture[str],
    format_: str,
) -> None:
    platform, people = players
    wish: dict[str, object] = {"format": format_}
    # Everyone except the winner loses twice; the strongest never loses, so
    # no second final is needed.
    matches = 2 * len(people) - 2
    if format_ == "swiss":
        wish["rounds"] = SWISS_ROUNDS
        matches = len(people) // 2 * SWISS_ROUNDS
    tournament_id = await tournament_of(people, wish)
    began = monotonic()
    async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as tasks:
        killing = tasks.create_task(kill_in_between(platform, people[0], tournament_id, matches))
        for each in people:
            tasks.create_task(each.follow(tournament_id))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(people)} players, {format_}: {matches} matches in"
            f" {monotonic() - began:.0f} s, killed after {killing.result()} of them\n"
        )

    bracket = (await people[0].ask("GET", f"/tournaments/{tournament_id}/bracket")).json()
    assert bracket["state"] == "finished"
    names = {each["seed"]: each["name"] for each in bracket["entrants"]}
    assert Counter(names.values()) == Counter(each.name for each in people)
    over = [each for each in bracket["pairings"] if each.get("how") in TO_BE_PLAYED]
    assert len(over) == matches
    for pairing in over:
        assert names[pairing["winner"]] == stronger(people, names, pairing)
    strongest = max(people, key=lambda each: each.strength).name
    assert [names[each["seed"]] for each in bracket["standings"] if each["place"] == 1] == [
        strongest
    ]
    assert all(each["place"] for each in bracket["standings"])

    # Each result is proved by exactly one match in history, with the result of its simulation.
    match_ids = [pairing["match_id"] for pairing in over]
    assert len(set(match_ids)) == matches
    records = await asyncio.gather(*(record_of(people[0], each) for each in match_ids))
    for record, pairing in zip(records, over, strict=True):
        winner = record[record["winner"]]
        assert winner["name"] == names[pairing["winner"]]


async def tournament_of(people: list[Player], wish: dict[str, object]) -> str:
    """Create a tournament, enter all players, and start it."""
    organiser = people[0]
    created = await organiser.ask(
        "POST",
        "/tournaments",
        {"name": f"Cup of {len(people)}", "size": len(people), "points": 3, **wish},
    )
    assert created.status_code == httpx.codes.CREATED, created.text
    tournament_id: str = created.json()["id"]
    await steps(organiser, tournament_id, "opening")
    entered = await asyncio.gather(
        *(each.ask("POST", f"/tournaments/{tournament_id}/entries", {}) for each in people)
    )
    assert {answer.status_code for answer in entered} == {httpx.codes.CREATED}
    await steps(organiser, tournament_id, "start")
    return tournament_id


async def steps(organiser: Player, tournament_id: str, step: str) -> None:
    answer = await organiser.ask("POST", f"/tournaments/{tournament_id}/{step}")
    assert answer.is_success, answer.text


async def kill_in_between(
    platform: LaunchedPlatform, looking: Player, tournament_id: str, matches: int
) -> list[int]:
    """Kill the service after a third and after two thirds of the
    matches; the launcher restarts it."""
    after = []
    for part in range(1, KILLS + 1):
        after.append(await until_decided(looking, tournament_id, matches * part // (KILLS + 1)))
        platform.process("tournament").kill()
    return after


async def until_decided(looking: Player, tournament_id: str, count: int) -> int:
    while True:
        done = await decided(looking, tournament_id)
        if done >= count:
            return done
        await asyncio.sleep(POLL_SECONDS)


async def decided(looking: Player, tournament_id: str) -> int:
    bracket = (await looking.ask("GET", f"/tournaments/{tournament_id}/bracket")).json()
    return sum(each.get("how") in TO_BE_PLAYED for each in bracket["pairings"])


def stronger(people: list[Player], names: dict[int, str], pairing: dict[str, Any]) -> str:
    strengths = people[0].stronger_than
    return max((names[pairing["one"]], names[pairing["other"]]), key=lambda name: strengths[name])


async def record_of(looking: Player, match_id: str) -> dict[str, Any]:
    async with asyncio.timeout(DELIVERY_SECONDS):
        while True:
            answer = await looking.account.client.get(f"/api/history/matches/{match_id}")
            if answer.is_success:
                record: dict[str, Any] = answer.json()
                return record
            await asyncio.sleep(POLL_SECONDS)
