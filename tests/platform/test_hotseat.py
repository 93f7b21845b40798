"""A tournament at one keyboard, with the real tournament and the real history behind the real gateway."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx

from pong.log import InputLog, replay
from tests.browser.people import register_verified
from tests.fixtures.platform import Platform
from tests.platform.conftest import MATCH_SECONDS, PAUSE_SECONDS
from tests.platform.players import Account, local_match

POINTS = 3
WISH = {
    "kind": "hotseat",
    "name": "At home",
    "format": "single_elimination",
    "size": 2,
    "points": POINTS,
    "aliases": ["Ann", "Ben"],
}


async def test_only_what_history_has_verified_decides_a_match_at_one_keyboard(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    host, stranger = [await register_verified(platform, client) for _ in range(2)]
    cup = await _started(host)
    ticket = await _ask(host, "POST", f"{cup}/pairings/1/ticket")
    assert (ticket["left_name"], ticket["right_name"]) == ("Ann", "Ben")
    log = local_match(ticket["seed"], POINTS)
    refusal = await client.post(f"{cup}/pairings/1/result", headers=host.headers)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "not_played_yet")
    assert (await stranger.submit(ticket["ticket"], log)).json()["code"] == "ticket_foreign"
    forged = replace(log, ticks=log.ticks - 1)
    record = await _handed_in(host, ticket["ticket"], log)
    assert (await host.submit(ticket["ticket"], forged)).json()["code"] == "ticket_used"

    decided = await _ask(host, "POST", f"{cup}/pairings/1/result")
    outcome = replay("local", None, ticket["seed"], POINTS, log)
    scores = (outcome.left_score, outcome.right_score)
    assert (decided["one_score"], decided["other_score"]) == scores
    assert (record["left"]["score"], record["right"]["score"]) == scores
    assert decided["winner"] == decided["one" if outcome.winner == 1 else "other"]
    assert await _ask(host, "POST", f"{cup}/pairings/1/result") == decided
    assert (await _ask(host, "GET", cup))["state"] == "finished"

    match = f"/api/history/matches/{ticket['match_id']}/replay"
    assert (await _ask(host, "GET", match))["record"]["right"]["name"] == "Ben"
    for headers in (stranger.headers, {}):
        for address in (match, cup):
            assert (await client.get(address, headers=headers)).status_code == 404


async def _started(host: Account) -> str:
    """Have a tournament running; return its address."""
    created = await _ask(host, "POST", "/api/tournament/tournaments", WISH)
    address = f"/api/tournament/tournaments/{created['id']}"
    await _ask(host, "POST", f"{address}/start")
    return address


async def _handed_in(host: Account, ticket: object, log: InputLog) -> dict[str, dict[str, object]]:
    """Hand the match in as soon as there was time to play it."""
    async with asyncio.timeout(MATCH_SECONDS):
        while (answer := await host.submit(ticket, log)).status_code != httpx.codes.CREATED:
            assert answer.json()["code"] == "log_too_fast", answer.text
            await asyncio.sleep(PAUSE_SECONDS)
    record: dict[str, dict[str, object]] = answer.json()
    return record


async def _ask(who: Account, method: str, address: str, body: object = None) -> dict[str, Any]:
    answer = await who.client.request(method, address, json=body, headers=who.headers)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
