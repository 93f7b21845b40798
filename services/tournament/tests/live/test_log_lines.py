"""The log lines of a live match, which all have its ID."""

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from demo import wire
from services.tournament.tests.live.match_host_under_test import client_at, new_match, playing
from tests.fixtures.cast import ALICE, BOB
from tests.fixtures.ecs import faults
from tests.fixtures.log_lines import log_lines

pytestmark = pytest.mark.usefixtures("quick")


async def test_the_lines_of_a_match_describe_its_life(
    service: str, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    with log_lines() as lines:
        match_id = await new_match(pooled_db, ALICE, BOB)
        async with client_at(service, match_id, ALICE) as stays:
            async with client_at(service, match_id, BOB) as leaves:
                await leaves.has_been_in(wire.PLAYING)
                await leaves.beat_after(30)
            await stays.has_been_in(wire.AWAY)
            stays.forget()
            async with client_at(service, match_id, BOB) as back:
                await stays.has_been_in(wire.PLAYING)
                await back.beat_after(60)
                await back.socket.send(wire.RESIGN_MESSAGE)
                await stays.is_closed()
    life = [each for each in lines.of_match(match_id) if each != "socket"]
    assert life[: life.index("match-ended")] == [
        "match-made",
        "match-taken",
        "player-connected",
        "player-connected",
        "match-started",
        "player-left",
        "match-paused",
        "player-connected",
        "match-resumed",
    ]
    assert life.count("match-ended") == 1
    [ended] = lines.of("match-ended")
    assert ended["event.reason"] == "forfeit"
    assert ended["labels.winner_id"] == str(ALICE.id)
    assert ended["labels.forfeited_by"] == str(BOB.id)
    assert set(ended["related.user"]) == {str(ALICE.id), str(BOB.id)}
    assert lines.of("match-paused")[0]["event.reason"] == "player_away"
    assert lines.of("player-left")[0]["user.id"] == str(BOB.id)
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_ticks_and_keys_are_not_logged(
    service: str, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB)
    async with playing(service, match_id, ALICE, BOB) as (left, right):
        with log_lines() as lines:
            await left.press(left.clock, 1)
            await right.beat_after(right.clock + 60)
    assert lines.of_match(match_id) == []
