"""Verified matches, through the gateway and all services behind it."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from pong.log import replay
from tests.browser.people import LONGEST
from tests.platform.conftest import HTML_NAME, POINTS, Played
from tests.platform.players import local_match, register


async def test_a_match_faster_than_real_time_is_refused(client: httpx.AsyncClient) -> None:
    """The match takes minutes, so that even a slow machine has no time to play it."""
    player = await register(client)
    ticket = await player.ticket(mode="local", points=LONGEST, opponent_name="Bob")
    answer = await player.submit(ticket["ticket"], local_match(ticket["seed"], LONGEST))
    assert (answer.status_code, answer.json()["code"]) == (422, "log_too_fast")


async def test_the_record_is_the_result_of_the_simulation(played: Played) -> None:
    outcome = replay("local", None, played.ticket["seed"], POINTS, played.log)
    left, right = played.record["left"], played.record["right"]
    assert (left["score"], right["score"]) == (outcome.left_score, outcome.right_score)
    assert played.record["ticks"] == outcome.ticks
    assert right["name"] == HTML_NAME


async def test_submitting_the_same_log_again_returns_the_same_record(played: Played) -> None:
    answers = await asyncio.gather(
        *(played.player.submit(played.ticket["ticket"], played.log) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == played.record for answer in answers)


async def test_a_claimed_score_is_ignored(played: Played) -> None:
    answer = await played.player.submit(
        played.ticket["ticket"], played.log, left_score=3, right_score=0, winner="left"
    )
    assert answer.status_code == 200
    assert answer.json() == played.record


@pytest.mark.parametrize("ticks", [-1, +1])
async def test_a_forged_log_is_refused_and_stores_nothing(played: Played, ticks: int) -> None:
    forged = replace(played.log, ticks=played.log.ticks + ticks)
    answer = await played.player.submit(played.ticket["ticket"], forged)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    matches = await played.player.client.get("/api/history/matches", headers=played.player.headers)
    assert [match["id"] for match in matches.json()["items"]] == [played.record["id"]]


async def test_a_stranger_cannot_see_a_private_match(
    played: Played, client: httpx.AsyncClient
) -> None:
    stranger = await register(client)
    player_id = played.record["left"]["player_id"]
    for headers in (stranger.headers, {}):
        for path in (
            f"/api/history/matches/{played.record['id']}",
            f"/api/history/matches/{played.record['id']}/replay",
        ):
            assert (await client.get(path, headers=headers)).status_code == 404
    listed = await client.get(f"/api/history/matches?player={player_id}", headers=stranger.headers)
    assert listed.json()["items"] == []


async def test_a_stranger_cannot_use_another_players_ticket(
    played: Played, client: httpx.AsyncClient
) -> None:
    stranger = await register(client)
    answer = await stranger.submit(played.ticket["ticket"], played.log)
    assert (answer.status_code, answer.json()["code"]) == (422, "ticket_foreign")


async def test_the_replay_contains_the_inputs(played: Played) -> None:
    answer = await played.player.client.get(
        f"/api/history/matches/{played.record['id']}/replay", headers=played.player.headers
    )
    assert answer.json()["seed"] == played.ticket["seed"]
    assert answer.json()["inputs"]["ticks"] == played.log.ticks
