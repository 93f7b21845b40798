"""Matches outlive the processes that run them."""

import asyncio
from time import time
from uuid import UUID

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.netcode.ground import Ground, check_kept
from tests.netcode.kills import hits_of, kill_owners, table
from tests.netcode.watchers import Watcher, watch
from tournament.live.creation import ABSENCES
from tournament.live.protocol import CloseCode

MOST_SECONDS_UNTIL_TAKEN = 5
HANDED_OVER_SECONDS = 2
FROZEN_SECONDS = 6
SHORT = {"resignAtTick": 480}


async def test_matches_go_on_elsewhere_where_their_owner_is_killed(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    kills, played = await kill_owners(ground, kills=2, matches_at_once=4, points=3)
    hits = hits_of(kills, played)
    with capsys.disabled():
        for line in table(kills, hits, played):
            print(line)  # noqa: T201 - what the drill is for
    assert max(hit.taken_seconds for hit in hits) < MOST_SECONDS_UNTIL_TAKEN


async def test_whoever_is_told_to_stop_hands_its_matches_over_at_once(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    await ground.start_all(DRAIN_SECONDS="3")
    people = ground.laboratory.person("Alice"), ground.laboratory.person("Bob")
    match_id = await ground.laboratory.new_match(*people)
    playing = asyncio.create_task(ground.play_out(match_id, people, **SHORT))
    match = await ground.in_play(match_id)
    assert match.address is not None
    assert match.owner is not None
    stopped_at = time()
    replica = ground.replica_at(match.address)
    stopping = asyncio.create_task(replica.stop())
    taken_at = await ground.taken_from(match.owner, match_id)
    await refuses_new_matches(ground, replica.url)
    played = await playing
    await stopping
    again = played.playing_again_at(stopped_at) - stopped_at
    with capsys.disabled():
        print(  # noqa: T201 - what the drill is for
            f"\nhanded over in {taken_at - stopped_at:.2f} s, both play again after {again:.2f} s"
        )
    assert taken_at - stopped_at < HANDED_OVER_SECONDS
    after = await ground.match(match_id)
    assert (after.left_absences, after.right_absences) == (ABSENCES, ABSENCES)
    for report in played.reports:
        assert report["closes"][0]["code"] == CloseCode.MOVED


async def test_whoever_wakes_after_its_lease_finds_its_matches_gone(ground: Ground) -> None:
    await ground.start_all()
    people = ground.laboratory.person("Alice"), ground.laboratory.person("Bob")
    match_id = await ground.laboratory.new_match(*people)
    playing = asyncio.create_task(ground.play_out(match_id, people, resignAtTick=600))
    match = await ground.in_play(match_id)
    assert match.address is not None
    assert match.owner is not None
    watcher = Watcher()
    watching = asyncio.create_task(watch(ground.gateway, match_id, watcher))
    while not watcher.confirmed:
        await asyncio.sleep(0.02)
    stored = await ground.stored(match_id)
    replica = ground.replica_at(match.address)
    frozen_at = time()
    replica.freeze()
    taken_at = await ground.taken_from(match.owner, match_id)
    await asyncio.sleep(frozen_at + FROZEN_SECONDS - time())
    last_tick = watcher.ticks[-1][1]
    woken_at = time()
    replica.thaw()
    await watching
    assert watcher.close_code == CloseCode.MOVED
    assert taken_at - frozen_at < MOST_SECONDS_UNTIL_TAKEN
    # It may have been about to tell of half a second; six have gone by.
    assert {tick for at, tick in watcher.ticks if at > woken_at} <= set(
        range(last_tick, last_tick + 40)
    )
    played = await playing
    check_kept(stored, played.record)


async def refuses_new_matches(ground: Ground, url: str) -> None:
    people = ground.laboratory.person("Cleo"), ground.laboratory.person("Dan")
    match_id: UUID = await ground.laboratory.new_match(*people)
    there = f"{url.replace('http', 'ws', 1)}/api/tournament/matches/{match_id}/play"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(there, additional_headers=people[0].headers):
            pass
    assert refused.value.response.status_code == 503
