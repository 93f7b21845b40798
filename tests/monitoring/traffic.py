"""A day on the platform in 30 s: every event that a panel shows or a rule watches happens once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx

from pong.court import TICKS_PER_SECOND
from tests.browser.people import register_verified
from tests.fixtures.platform import Platform
from tests.platform.players import Account, client_at, local_match, pair
from tests.tournaments.players import Player
from tests.tournaments.test_simulation import tournament_of

PLAYERS = 4
STARTED_SECONDS = 1.0
VISIT_SECONDS = 1.0
PAGES = ("/", "/leaderboard", "/tournaments", "/api/user/.well-known/jwks.json")


async def happen(platform: Platform) -> None:
    """Let players register, play in all modes, be refused, and hold a tournament."""
    async with AsyncExitStack() as clients:
        people: list[Player] = []
        strengths: dict[str, int] = {}
        for strength in range(PLAYERS):
            client = await clients.enter_async_context(client_at(platform.url, 20))
            account = await register_verified(platform, client)
            strengths[account.username] = strength
            people.append(Player(account, strength, strengths))
        await _be_refused(people[0].account)
        await asyncio.gather(
            _hand_in(people[0].account),
            _meet_in_the_queue(people[2], people[3]),
        )
        await _hold_tournament(people)


async def keep_visiting(platform: Platform) -> None:
    """Request a page of every service repeatedly, since ratios need data."""
    async with client_at(platform.url, 20) as client:
        while True:
            for path in PAGES:
                await client.get(path)
            await asyncio.sleep(VISIT_SECONDS)


async def _be_refused(account: Account) -> None:
    client = account.client
    wrong = {"username": account.username, "password": "not the password"}
    assert (await client.post("/api/user/login", json=wrong)).status_code == 401
    assert (await client.get("/api/user/nothing-here")).status_code in {401, 404}
    assert (await client.get("/api/history/matches")).status_code == 401
    assert (await client.get("/no-such-page")).status_code == 404


async def _hand_in(account: Account) -> None:
    ticket = await account.ticket(mode="local", opponent_name="Somebody")
    seed = ticket["seed"]
    assert isinstance(seed, int)
    log = local_match(seed, 3)
    forged = await account.submit(ticket["ticket"], replace(log, ticks=log.ticks + 1))
    assert forged.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    # Waits like a real player; submitting repeatedly until the match is accepted
    # would rightly fire an alert.
    await asyncio.sleep(log.ticks / TICKS_PER_SECOND + STARTED_SECONDS)
    handed_in = await account.submit(ticket["ticket"], log)
    assert handed_in.is_success, handed_in.text


async def _meet_in_the_queue(one: Player, other: Player) -> None:
    match_id = await pair(one.account, other.account)
    await asyncio.gather(
        one.play(match_id, gives_up=True),
        other.play(match_id, gives_up=False),
    )


async def _hold_tournament(people: list[Player]) -> None:
    tournament_id = await tournament_of(people, {"format": "single_elimination"})
    async with asyncio.TaskGroup() as tasks:
        for each in people:
            tasks.create_task(each.follow(tournament_id))
