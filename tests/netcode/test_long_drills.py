"""Many kills, hangs and network cuts, and a crowd of spectators; each test takes minutes."""

import asyncio
from time import time

import pytest

from tests.netcode.ground import Ground, check_kept
from tests.netcode.kills import hits_of, kill_owners, table
from tests.netcode.laboratory import play
from tests.netcode.lateness import lateness_at
from tests.netcode.records import check_agreement, digests_of
from tests.netcode.setting import Address
from tests.netcode.slow_network import SlowNetwork
from tests.netcode.test_drills import MOST_SECONDS_UNTIL_TAKEN
from tests.netcode.watchers import Watcher, watch, watch_all
from tournament.live.creation import ALLOWED_ABSENCES
from tournament.live.live_match import ABSENCE_SECONDS
from tournament.live.protocol import CloseCode, Phase

pytestmark = pytest.mark.drill

KILLS = 50
FROZEN_SECONDS = 6
CUT_SECONDS = 8
SPECTATORS = 100
SECONDS_ALONE = 3
ONE_TICK = 0.0167
MOST_IN_TIME = 0.95
"""The required share of ticks in time, on a machine that also runs clients and spectators."""


async def test_no_match_is_lost_when_fifty_owners_are_killed_in_a_row(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    kills, played = await kill_owners(ground, kills=KILLS, matches_at_once=4, points=3)
    hits = hits_of(kills, played)
    with capsys.disabled():
        for line in table(kills, hits, played):
            print(line)  # noqa: T201 - the purpose of the drill
    assert max(hit.taken_seconds for hit in hits) < MOST_SECONDS_UNTIL_TAKEN


async def test_a_restarted_single_process_continues_its_matches(ground: Ground) -> None:
    [port, _] = ground.ports
    await ground.start(port)
    async with ground.match_in_play() as match:
        stored = await ground.stored(match.id)
        match.replica.kill()
        await ground.start(port)
        await ground.taken_from(match.owner, match.id)
    check_kept(stored, match.playing.result().record)


async def test_a_player_who_stays_away_too_long_forfeits(ground: Ground) -> None:
    await ground.start_all()
    alice, bob = ground.laboratory.person("Alice"), ground.laboratory.person("Bob")
    match_id = await ground.laboratory.new_match(alice, bob)
    network = network_before(ground)
    async with network.serve() as there, asyncio.TaskGroup() as tasks:
        near = there.replace("ws", "https", 1)
        leaving = tasks.create_task(play(near, match_id, alice, trust=ground.trust))
        staying = tasks.create_task(play(ground.gateway.url, match_id, bob, trust=ground.trust))
        await ground.owner_in_play(match_id)
        stored = await ground.stored(match_id)
        network.cut()
        report = await staying
        leaving.cancel()
    record = await ground.laboratory.record(match_id)
    check_agreement(record, [report])
    check_kept(stored, record)
    alices = "left" if (await ground.match(match_id)).left_id == alice.id else "right"
    assert record["record"]["forfeited_by"] == alices
    waited_ms = report["phases"][-1]["atMs"] - report["phases"][-2]["atMs"]
    assert [phase["phase"] for phase in report["phases"][-2:]] == [Phase.AWAY, Phase.OVER]
    assert abs(waited_ms / 1000 - ABSENCE_SECONDS) < 1


async def test_a_hundred_spectators_delay_no_tick(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    await ground.start_all()
    async with ground.match_in_play(points=5) as match, asyncio.TaskGroup() as tasks:
        at_first = await lateness_at(match.replica.url)
        await asyncio.sleep(SECONDS_ALONE)
        alone = await lateness_at(match.replica.url)
        watching = tasks.create_task(watch_all(ground.gateway, match.id, SPECTATORS))
        await match.playing
        watched = await lateness_at(match.replica.url)
    before, during = alone - at_first, watched - alone
    with capsys.disabled():
        print(f"\nticks in time without spectators {before}\nwith {SPECTATORS:>17} {during}")  # noqa: T201 - what the drill is for
    record = match.playing.result().record
    truth, last = digests_of(record), record["inputs"]["ticks"]
    for watcher in watching.result():
        assert watcher.close_code == CloseCode.DONE
        assert watcher.end == (last, truth[last])
        assert dict(watcher.confirmed) == {tick: truth[tick] for tick, _ in watcher.confirmed}
    assert during.share_within(ONE_TICK) > MOST_IN_TIME


async def test_a_frozen_replica_has_lost_its_matches_when_it_continues(ground: Ground) -> None:
    await ground.start_all()
    async with ground.match_in_play(resign_at=480) as match, asyncio.TaskGroup() as tasks:
        watcher = Watcher()
        watching = tasks.create_task(watch(ground.gateway, match.id, watcher))
        await asyncio.wait_for(watcher.has_heard.wait(), 5)
        stored = await ground.stored(match.id)
        frozen_at = time()
        match.replica.freeze()
        taken = await ground.taken_from(match.owner, match.id) - frozen_at
        await asyncio.sleep(frozen_at + FROZEN_SECONDS - time())
        last_tick = watcher.ticks[-1][1]
        woken_at = time()
        match.replica.thaw()
        await asyncio.wait_for(watching, 5)
    assert taken < MOST_SECONDS_UNTIL_TAKEN
    assert watcher.close_code == CloseCode.MOVED
    # The replica may have been about to send half a second of ticks; meanwhile 6 s have passed.
    assert {tick for at, tick in watcher.ticks if at > woken_at} <= set(
        range(last_tick, last_tick + 40)
    )
    check_kept(stored, match.playing.result().record)


async def test_a_cut_network_pauses_a_match_until_it_is_mended(ground: Ground) -> None:
    await ground.start_all()
    network = network_before(ground)
    async with network.serve() as there:
        urls = there.replace("ws", "https", 1), ground.gateway.url
        async with ground.match_in_play(urls=urls, resign_at=720) as match:
            stored = await ground.stored(match.id)
            network.cut()
            await asyncio.sleep(CUT_SECONDS)
            network.mend()
        played = match.playing.result()
    check_kept(stored, played.record)
    phases = [phase["phase"] for phase in played.reports[1]["phases"]]
    assert Phase.AWAY in phases
    assert phases.count(Phase.PLAYING) == 2
    after = await ground.match(match.id)
    assert sorted((after.left_absences, after.right_absences)) == [
        ALLOWED_ABSENCES - 1,
        ALLOWED_ABSENCES,
    ]


def network_before(ground: Ground) -> SlowNetwork:
    address: Address = "127.0.0.1", ground.gateway.https_port
    return SlowNetwork(lambda: address)
