"""A hotseat tournament with the real tournament and history services behind the real gateway."""

from dataclasses import replace

import httpx
import msgspec

from contracts.tournament.tournaments import PairingDetails
from pong.log import replay
from tests.browser.people import register_verified
from tests.fixtures.platform import Platform
from tests.platform.conftest import POINTS, Cup, ask


async def test_only_a_match_verified_by_history_decides_a_hotseat_pairing(
    platform: Platform, client: httpx.AsyncClient, cup: Cup
) -> None:
    host, ticket, log = cup.player, cup.ticket, cup.log
    stranger = await register_verified(platform, client)
    assert (ticket["left_name"], ticket["right_name"]) == ("Ann", "Ben")
    refusal = await client.post(f"{cup.address}/pairings/1/result", headers=host.headers)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "not_played_yet")
    assert (await stranger.submit(ticket["ticket"], log)).json()["code"] == "ticket_foreign"
    forged = replace(log, ticks=log.ticks - 1)
    record = await cup.hand_in()
    assert (await host.submit(ticket["ticket"], forged)).json()["code"] == "ticket_used"

    answer = await ask(host, "POST", f"{cup.address}/pairings/1/result")
    # A score of 0 is left out of the answer.
    decided = msgspec.convert(answer, PairingDetails)
    outcome = replay("local", None, ticket["seed"], POINTS, log)
    scores = (outcome.left_score, outcome.right_score)
    assert (decided.one_score, decided.other_score) == scores
    assert (record["left"]["score"], record["right"]["score"]) == scores
    assert decided.winner == (decided.one if outcome.winner == 1 else decided.other)
    assert await ask(host, "POST", f"{cup.address}/pairings/1/result") == answer
    assert (await ask(host, "GET", cup.address))["state"] == "finished"

    match = f"/api/history/matches/{ticket['match_id']}/replay"
    assert (await ask(host, "GET", match))["record"]["right"]["name"] == "Ben"
    for headers in (stranger.headers, {}):
        for address in (match, cup.address):
            assert (await client.get(address, headers=headers)).status_code == 404
