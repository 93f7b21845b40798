"""Matches survive the processes that run them."""

import asyncio
from time import time
from uuid import UUID

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.netcode.ground import Ground
from tests.netcode.kills import hits_of, kill_owners, table
from tournament.live.creation import ALLOWED_ABSENCES
from tournament.live.protocol import CloseCode

pytestmark = pytest.mark.drill

MOST_SECONDS_UNTIL_TAKEN = 5
HANDED_OVER_SECONDS = 2


async def test_matches_continue_elsewhere_when_their_owner_is_killed(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    kills, played = await kill_owners(ground, kills=2, matches_at_once=4, points=3)
    hits = hits_of(kills, played)
    with capsys.disabled():
        for line in table(kills, hits, played):
            print(line)  # noqa: T201 - the purpose of the drill
    assert max(hit.taken_seconds for hit in hits) < MOST_SECONDS_UNTIL_TAKEN


async def test_a_stopping_replica_hands_its_matches_over_at_once(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    await ground.start_all(DRAIN_SECONDS="3")
    async with ground.match_in_play(resign_at=480) as match, asyncio.TaskGroup() as tasks:
        stopped_at = time()
        tasks.create_task(match.replica.stop())
        handed_over = await ground.taken_from(match.owner, match.id) - stopped_at
        await refuses_new_matches(ground, match.replica.url)
    played = match.playing.result()
    again = played.playing_again_at(stopped_at) - stopped_at
    with capsys.disabled():
        print(f"\nhanded over in {handed_over:.2f} s, both play again after {again:.2f} s")  # noqa: T201 - what the drill is for
    assert handed_over < HANDED_OVER_SECONDS
    after = await ground.match(match.id)
    assert (after.left_absences, after.right_absences) == (ALLOWED_ABSENCES, ALLOWED_ABSENCES)
    for report in played.reports:
        # A first try may be refused while the other player's socket is taking the match.
        ended = [close["code"] for close in report["closes"] if close["wasOpen"]]
        assert ended[0] == CloseCode.MOVED, report["closes"]


async def refuses_new_matches(ground: Ground, url: str) -> None:
    people = ground.laboratory.person("Cleo"), ground.laboratory.person("Dan")
    match_id: UUID = await ground.laboratory.new_match(*people)
    there = f"{url.replace('http', 'ws', 1)}/api/tournament/matches/{match_id}/play"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(there, additional_headers=people[0].headers):
            pass
    assert refused.value.response.status_code == 503
