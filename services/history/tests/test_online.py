"""An online match is delivered at least once and stored once, with the result of its
simulation, or not at all."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from history.matches.long_logs import MOST_LONG_LOGS_AT_ONCE, MOST_UNITS, LongLogLimit
from history.matches.models import DELETED_PLAYER
from history.players.models import ErasedPlayer
from pong.court import MAX_TICKS
from pong.log import InputLog, replay
from services.history.tests.arcade import MATCHES, Arcade, Json
from services.history.tests.erasing import erase
from services.history.tests.online import (
    NOON,
    SEED,
    SideName,
    deliver,
    deliver_at_once,
    delivered,
    given_up,
    online_match,
    played,
)
from tests.fixtures.cast import ALICE, BOB, CHARLIE, Person
from tests.fixtures.clients import refusal
from tests.fixtures.patience import PATIENCE_SECONDS
from transcendence_common.erased_players import begin_erasure
from transcendence_common.ids import new_id

COUNTED = (
    'history_matches_stored_total{mode="online"}',
    'history_matches_refused_total{reason="other_match_stored"}',
)
ERASED_SIDE: Json = {"player_id": None, "name": DELETED_PLAYER, "kind": "player"}


async def test_the_record_has_the_result_of_the_simulation(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB, rated=False)
    answer = await deliver(arcade, ALICE, body)
    outcome = replay("online", None, SEED, 3, played("left"))
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": body["match_id"],
            "mode": "online",
            "level": None,
            "rules": 1,
            "points": 3,
            "played_at": "2026-05-01T12:00:00Z",
            "ticks": outcome.ticks,
            "duration_ms": outcome.ticks * 1000 // 60,
            "left": {
                "player_id": str(ALICE.id), "name": "Alice", "kind": "player",
                "score": outcome.left_score, "late": 1, "rtt_ms": 24,
            },
            "right": {
                "player_id": str(BOB.id), "name": "Bob", "kind": "player",
                "score": outcome.right_score, "late": 0, "rtt_ms": 61,
            },
            "winner": "left",
            "longest_rally": outcome.longest_rally,
            "verified": True,
            "rated": False,
            "forfeited_by": None,
            "delay": 2,
        },
    )  # fmt: skip


async def test_an_online_match_is_public_and_in_both_lists(arcade: Arcade) -> None:
    record = await delivered(arcade, ALICE, BOB)
    for reader in (None, ALICE, BOB, CHARLIE):
        assert (await arcade.get(f"{MATCHES}/{record['id']}", reader)).json() == record
    for player, outcome in ((ALICE, "won"), (BOB, "lost")):
        for reader in (player, CHARLIE):
            seen = await arcade.listed(reader, player=player.id, mode="online")
            assert seen == [{**record, "outcome": outcome}]
    assert await arcade.listed(ALICE, mode="ai") == []


async def test_the_replay_reaches_the_same_end(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB, "right")
    await deliver(arcade, ALICE, body)
    answer = (await arcade.get(f"{MATCHES}/{body['match_id']}/replay")).json()
    assert (answer["inputs"], answer["seed"], answer["level"]) == (body["inputs"], SEED, None)
    log = InputLog(answer["inputs"]["ticks"], answer["inputs"]["changes"])
    assert replay("online", None, answer["seed"], answer["points"], log).winner == 2


@pytest.mark.parametrize(("by", "winner"), [("left", "right"), ("right", "left")])
@pytest.mark.parametrize("ticks", [0, 1, 400])
async def test_a_forfeit_loses_the_match(
    arcade: Arcade, *, by: SideName, winner: str, ticks: int
) -> None:
    body = given_up(ALICE, BOB, by, ticks)
    answer = await deliver(arcade, ALICE, body)
    record = answer.json()
    assert answer.status_code == 201
    assert (record["winner"], record["forfeited_by"], record["ticks"]) == (winner, by, ticks)
    assert max(record["left"]["score"], record["right"]["score"]) < 3
    watched = (await arcade.get(f"{MATCHES}/{record['id']}/replay")).json()
    assert (watched["record"], watched["inputs"]) == (record, body["inputs"])


async def test_a_claimed_score_is_not_read(arcade: Arcade) -> None:
    record = await delivered(arcade, ALICE, BOB, winner="right", right_score=3, left_score=0)
    assert (record["winner"], record["left"]["score"]) == ("left", 3)


async def test_a_repeated_delivery_returns_the_same_record(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB)
    first, second, third = [await deliver(arcade, ALICE, body) for _ in range(3)]
    assert [first.status_code, second.status_code, third.status_code] == [201, 200, 200]
    assert first.json() == second.json() == third.json()
    assert await _sums(arcade, ALICE) == (1, 1)


async def test_a_repeated_delivery_finds_its_record_under_newer_rules(
    arcade: Arcade, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = online_match(ALICE, BOB)
    assert (await deliver(arcade, ALICE, body)).status_code == 201
    monkeypatch.setattr("history.matches.verification.RULES_VERSION", 2)
    assert (await deliver(arcade, ALICE, body)).status_code == 200
    other = {**body, "match_id": str(new_id())}
    assert_refused(await deliver(arcade, ALICE, other), 422, "rules_unknown")


@pytest.mark.parametrize("copies", [2, 8])
async def test_parallel_deliveries_of_one_match_count_once(
    busy_arcade: Arcade, copies: int
) -> None:
    answers = await deliver_at_once(busy_arcade, ALICE, [online_match(ALICE, BOB)] * copies)
    assert sorted(answer.status_code for answer in answers) == [200] * (copies - 1) + [201]
    assert len({answer.text for answer in answers}) == 1
    for player in (ALICE, BOB):
        assert await _sums(busy_arcade, player) == (1, 1)


async def test_of_two_parallel_logs_with_one_id_one_is_stored(busy_arcade: Arcade) -> None:
    match_id = str(new_id())
    bodies = [
        online_match(ALICE, BOB, "left", match_id=match_id),
        online_match(ALICE, BOB, "right", match_id=match_id),
    ]
    answers = await deliver_at_once(busy_arcade, ALICE, bodies)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await _sums(busy_arcade, ALICE) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda: online_match(ALICE, BOB, "right"),
        lambda: given_up(ALICE, BOB, "right", 400),
        lambda: given_up(ALICE, BOB, "left", 400),
        lambda: online_match(ALICE, BOB, seed=SEED + 1),
        lambda: online_match(ALICE, BOB, points=5),
    ],
    ids=["another log", "given up", "given up by the other", "another seed", "more points"],
)
async def test_another_match_under_the_same_id_is_a_conflict(
    arcade: Arcade, change: Callable[[], Json]
) -> None:
    record = await delivered(arcade, ALICE, BOB)
    other = {**change(), "match_id": record["id"]}
    assert_refused(await deliver(arcade, ALICE, other), 409, "other_match_stored")
    assert (await arcade.get(f"{MATCHES}/{record['id']}")).json() == record
    assert await _sums(arcade, ALICE) == (1, 1)


async def test_the_id_of_a_match_against_the_computer_is_taken(arcade: Arcade) -> None:
    record = await arcade.stored(ALICE)
    other = online_match(ALICE, BOB, match_id=record["id"])
    assert_refused(await deliver(arcade, ALICE, other), 409, "other_match_stored")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rules": 2}, "rules_unknown"),
        ({"rules": 0}, "rules_unknown"),
        ({"points": 5}, "log_ends_early"),
        ({"inputs": {"ticks": 1, "changes": []}}, "log_ends_early"),
        ({"inputs": {"ticks": 0, "changes": []}}, "log_malformed"),
        ({"inputs": {"ticks": -1, "changes": []}, "forfeited_by": "left"}, "log_malformed"),
        ({"inputs": {"ticks": 9, "changes": [[1, 0, 2]]}}, "log_malformed"),
        ({"inputs": {"ticks": 9, "changes": [[9, 0, 1]]}}, "log_out_of_order"),
        ({"inputs": {"ticks": 9, "changes": [[1, 0, 0]]}}, "log_no_change"),
        ({"inputs": {"ticks": MAX_TICKS + 1, "changes": []}}, "log_too_long"),
        ({"inputs": {"ticks": 9, "changes": [[0, 1, 0]] * (MAX_TICKS + 1)}}, "log_too_long"),
        ({"forfeited_by": "left"}, "log_already_won"),
        ({"forfeited_by": "right"}, "log_already_won"),
    ],
)
async def test_an_impossible_match_is_refused(arcade: Arcade, changes: Json, code: str) -> None:
    body = online_match(ALICE, BOB, **changes)
    assert_refused(await deliver(arcade, ALICE, body), 422, code)
    assert not await arcade.is_stored(ALICE, body["match_id"])
    assert await _sums(arcade, ALICE) == (0, 0)


async def test_a_player_cannot_play_against_themselves(arcade: Arcade) -> None:
    assert_refused(await deliver(arcade, ALICE, online_match(ALICE, ALICE)), 422, "same_player")


@pytest.mark.parametrize(
    "changes",
    [
        {"match_id": "seven"},
        {"rules": "one"},
        {"seed": -1},
        {"seed": 2**32},
        {"points": 4},
        {"rated": "perhaps"},
        {"played_at": "2026-05-01T12:00:00"},
        {"delay": -1},
        {"left": None},
        {"right": {"player_id": None, "name": "Bob", "late": 0, "rtt_ms": 0}},
        {"right": {"player_id": str(new_id()), "name": "", "late": 0, "rtt_ms": 0}},
        {"right": {"player_id": str(new_id()), "name": "B" * 65, "late": 0, "rtt_ms": 0}},
        {"right": {"player_id": str(new_id()), "name": "Bob", "late": -1, "rtt_ms": 0}},
        {"right": {"player_id": str(new_id()), "name": "Bob", "late": 0, "rtt_ms": 2**31}},
        {"inputs": {"ticks": 5.5, "changes": []}},
        {"inputs": {"ticks": 5, "changes": [[1, 0]]}},
        {"forfeited_by": "nobody"},
        {"forfeited_by": 1},
    ],
)
async def test_a_body_of_another_shape_is_a_bad_request(arcade: Arcade, changes: Json) -> None:
    answer = await deliver(arcade, ALICE, online_match(ALICE, BOB, **changes))
    assert refusal(answer) == (400, "invalid")
    assert await arcade.listed(ALICE) == []


@pytest.mark.parametrize(
    "field",
    [
        "match_id",
        "rules",
        "seed",
        "points",
        "rated",
        "played_at",
        "delay",
        "left",
        "right",
        "inputs",
        "forfeited_by",
    ],
)
async def test_every_field_is_required(arcade: Arcade, field: str) -> None:
    body = online_match(ALICE, BOB)
    del body[field]
    answer = await deliver(arcade, ALICE, body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_longest_log_fits(arcade: Arcade) -> None:
    """A losing player could change a key at every tick to make the log longer."""
    changes = [[tick, (-1) ** tick, (-1) ** tick] for tick in range(MAX_TICKS)]
    body = online_match(ALICE, BOB, inputs={"ticks": MAX_TICKS, "changes": changes}, points=21)
    assert_refused(await deliver(arcade, ALICE, body), 422, "log_runs_on")
    longest = {"ticks": MAX_TICKS, "changes": [[MAX_TICKS - 1, -1, -1]] * MAX_TICKS}
    body = online_match(ALICE, BOB, inputs=longest)
    assert_refused(await deliver(arcade, ALICE, body), 422, "log_out_of_order")


async def test_a_very_long_delivery_takes_several_places(
    arcade: Arcade, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = [[MAX_TICKS - 1, -1, -1]] * MAX_TICKS
    body = online_match(ALICE, BOB, inputs={"ticks": MAX_TICKS, "changes": changes})
    monkeypatch.setattr(LongLogLimit, "units_under_way", MOST_LONG_LOGS_AT_ONCE - MOST_UNITS)
    assert_refused(await deliver(arcade, ALICE, body), 422, "log_out_of_order")
    monkeypatch.setattr(LongLogLimit, "units_under_way", MOST_LONG_LOGS_AT_ONCE - MOST_UNITS + 1)
    assert_refused(await deliver(arcade, ALICE, body), 503, "busy")
    body = online_match(ALICE, BOB, inputs={"ticks": MAX_TICKS, "changes": changes[:3_000]})
    assert_refused(await deliver(arcade, ALICE, body), 422, "log_out_of_order")


async def test_a_larger_body_is_refused_without_reading_it(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB, inputs={"ticks": 1, "changes": [[1, -1, -1]] * 200_000})
    assert (await deliver(arcade, ALICE, body)).status_code == 413


async def test_a_long_delivery_waits_together_with_players_logs(
    arcade: Arcade, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = [[tick, (tick + 1) % 2, 0] for tick in range(2_001)]
    body = online_match(ALICE, BOB, points=21, inputs={"ticks": 2_001, "changes": changes})
    assert_refused(await deliver(arcade, ALICE, body), 422, "log_ends_early")
    monkeypatch.setattr(LongLogLimit, "units_under_way", MOST_LONG_LOGS_AT_ONCE)
    answer = await deliver(arcade, ALICE, body)
    assert_refused(answer, 503, "busy")
    assert answer.headers["retry-after"] == "5"
    assert (await deliver(arcade, ALICE, online_match(ALICE, BOB))).status_code == 201


async def test_an_unknown_round_trip_is_left_out(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB)
    body["right"]["rtt_ms"] = 0
    record = (await deliver(arcade, ALICE, body)).json()
    assert "rtt_ms" not in record["right"]
    assert record["right"]["late"] == 0


async def test_a_ticket_cannot_be_used_for_an_online_match(arcade: Arcade) -> None:
    answer = await arcade.client.post(
        "/api/history/tickets", json={"mode": "online", "points": 3}, headers=ALICE.headers
    )
    assert refusal(answer) == (400, "invalid")
    claims = arcade.changed(await arcade.ticket(ALICE, "local"), mode="online")
    sent = await arcade.send(ALICE, claims, arcade.play(await arcade.ticket(ALICE, "local")))
    assert_refused(sent, 422, "ticket_forged")


async def test_a_match_with_an_erased_player_is_stored_without_name_and_rating(
    arcade: Arcade,
) -> None:
    await erase(arcade, BOB)
    record = await delivered(arcade, ALICE, BOB)
    assert record["right"] == {**ERASED_SIDE, "score": 0}
    assert (record["left"]["name"], record["rated"]) == ("Alice", False)
    assert await _sums(arcade, ALICE) == (1, 0)
    assert await _sums(arcade, BOB) == (0, 0)
    opponents = await arcade.get(f"/api/history/players/{ALICE.id}/opponents")
    assert opponents.json() == {"items": []}


async def test_a_match_of_two_erased_players_is_stored_without_names(arcade: Arcade) -> None:
    await erase(arcade, ALICE)
    await erase(arcade, BOB)
    record = await delivered(arcade, ALICE, BOB)
    assert record["left"] == {**ERASED_SIDE, "score": 3}
    assert record["right"] == {**ERASED_SIDE, "score": 0}


async def test_a_match_stored_before_an_erasure_is_found_again(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB)
    first = (await deliver(arcade, ALICE, body)).json()
    await erase(arcade, BOB)
    again = await deliver(arcade, ALICE, body)
    assert (again.status_code, again.json()["right"]) == (200, {**ERASED_SIDE, "score": 0})
    assert again.json()["left"] == first["left"]


async def test_a_player_whose_erasure_is_running_counts_as_erased(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), pooled_db.get_session() as erasing:
        await _begin_erasure(erasing, BOB)
        record = await delivered(busy_arcade, ALICE, BOB)
        await erasing.rollback()
    assert (record["right"]["name"], record["rated"]) == (DELETED_PLAYER, False)


async def test_metrics_count_stored_and_refused_matches(arcade: Arcade) -> None:
    before = await _counts(arcade)
    body = online_match(ALICE, BOB)
    for _ in range(2):
        await deliver(arcade, ALICE, body)
    await deliver(arcade, ALICE, online_match(ALICE, BOB, match_id=body["match_id"], seed=1))
    after = await _counts(arcade)
    assert [after[name] - before.get(name, 0) for name in after] == [1, 1]


def assert_refused(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["type"] == f"/problems/{code}"


async def _sums(arcade: Arcade, person: Person) -> tuple[int, int]:
    """Return the numbers of counted and of rated online matches of a player."""
    stats = (await arcade.get(f"/api/history/players/{person.id}/stats")).json()
    rating = (await arcade.get(f"/api/history/players/{person.id}/rating")).json()
    return stats["by_mode"].get("online", {"played": 0})["played"], rating["rated_matches"]


async def _begin_erasure(session: AsyncSession, person: Person) -> None:
    assert await begin_erasure(session, ErasedPlayer, person.id, event_id=new_id(), at=NOON)


async def _counts(arcade: Arcade) -> dict[str, float]:
    text = (await arcade.get("/metrics")).text
    lines = (line.rpartition(" ") for line in text.splitlines())
    return {name: float(value) for name, _, value in lines if name in COUNTED}
