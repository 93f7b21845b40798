"""A match is stored once, with the result of its simulation, or not at all."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.pool import QueuePool

from contracts.history.matches import MAX_CHANGES
from history.errors import LOG_REFUSALS, MatchRefused
from history.matches import verification
from history.matches.long_logs import LONGEST_UNCOUNTED_BODY_BYTES, MOST_LONG_LOGS_AT_ONCE
from pong.court import DOWN, MAX_TICKS, STILL, TICKS_PER_SECOND, UP
from pong.log import InputLog, LogRefused, replay
from pong.scripted import stay_still
from services.history.tests.arcade import (
    MATCHES,
    Arcade,
    Json,
    play_match,
    wire,
    without_last_tick,
)
from tests.fixtures.cast import ALICE, BOB, Person
from tests.fixtures.waiting import until

LONG_LOG_SECONDS = 30

Tamper = Callable[[Json], Json]


async def test_the_record_has_the_result_of_the_simulation(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE, level="hard", points=5)
    inputs = arcade.play(ticket)
    answer = await arcade.send(ALICE, ticket, inputs)
    assert answer.status_code == 201
    claims = arcade.claims(ticket)
    log = play_match(mode="ai", level="hard", seed=claims.seed, points=5)
    outcome = replay("ai", "hard", claims.seed, 5, log)
    assert answer.json() == {
        "id": str(claims.match_id),
        "mode": "ai",
        "level": "hard",
        "rules": claims.rules,
        "points": 5,
        "played_at": arcade.clock.now.isoformat().replace("+00:00", "Z"),
        "ticks": outcome.ticks,
        "duration_ms": outcome.ticks * 1000 // 60,
        "left": {
            "player_id": str(ALICE.id),
            "name": "Alice",
            "kind": "player",
            "score": outcome.left_score,
        },
        "right": {
            "player_id": None,
            "name": "Computer",
            "kind": "ai",
            "score": outcome.right_score,
        },
        "winner": "left" if outcome.winner == 1 else "right",
        "longest_rally": outcome.longest_rally,
        "verified": True,
        "rated": False,
        "forfeited_by": None,
        "delay": None,
    }


async def test_a_local_match_is_stored(arcade: Arcade) -> None:
    record = await arcade.stored(ALICE, "local", opponent_name="<b>Bo</b>")
    assert record["level"] is None
    right = record["right"]
    assert (right["player_id"], right["name"], right["kind"]) == (None, "<b>Bo</b>", "guest")


async def test_a_claimed_score_is_not_read(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE, level="hard")
    inputs = arcade.play(ticket, left=stay_still)
    body = {"ticket": ticket, "inputs": {**inputs, "winner": 1}, "left_score": 3, "winner": "left"}
    honest = await arcade.client.post(MATCHES, json=body, headers=ALICE.headers)
    claims = arcade.claims(ticket)
    log = play_match(mode="ai", level="hard", seed=claims.seed, points=3, left=stay_still)
    outcome = replay("ai", "hard", claims.seed, 3, log)
    assert honest.status_code == 201
    assert honest.json()["left"]["score"] == outcome.left_score
    assert honest.json()["right"]["score"] == outcome.right_score


async def test_submitting_the_same_log_again_returns_the_same_record(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    first = await arcade.send(ALICE, ticket, inputs)
    arcade.clock.advance(minutes=5)
    again = await arcade.send(ALICE, ticket, inputs)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(await arcade.listed(ALICE)) == 1


async def test_a_stored_log_is_found_after_the_ticket_has_expired(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    first = await arcade.send(ALICE, ticket, inputs)
    arcade.clock.advance(hours=3)
    again = await arcade.send(ALICE, ticket, inputs)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("copies", [2, 6])
async def test_parallel_submissions_of_one_log_store_it_once(
    busy_arcade: Arcade, copies: int
) -> None:
    ticket = await busy_arcade.ticket(ALICE)
    inputs = busy_arcade.play(ticket)
    answers = await asyncio.gather(
        *(busy_arcade.send(ALICE, ticket, inputs) for _ in range(copies))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * (copies - 1) + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(await busy_arcade.listed(ALICE)) == 1
    stats = await busy_arcade.get(f"/api/history/players/{ALICE.id}/stats")
    assert stats.json()["total"]["played"] == 1


async def test_of_two_parallel_logs_with_one_ticket_one_is_stored(busy_arcade: Arcade) -> None:
    ticket = await busy_arcade.ticket(ALICE)
    one, other = busy_arcade.play(ticket), busy_arcade.play(ticket, left=stay_still)
    answers = await asyncio.gather(
        busy_arcade.send(ALICE, ticket, one), busy_arcade.send(ALICE, ticket, other)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    refused = max(answers, key=lambda answer: answer.status_code)
    assert refused.json()["code"] == "ticket_used"
    assert len(await busy_arcade.listed(ALICE)) == 1


async def test_parallel_matches_of_a_player_are_all_counted(busy_arcade: Arcade) -> None:
    tickets = [await busy_arcade.ticket(ALICE) for _ in range(4)]
    logs = [busy_arcade.play(ticket) for ticket in tickets]
    await asyncio.gather(*map(busy_arcade.send, [ALICE] * 4, tickets, logs))
    stats = await busy_arcade.get(f"/api/history/players/{ALICE.id}/stats")
    assert stats.json()["total"]["played"] == 4


async def test_a_used_ticket_accepts_no_other_log(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    first = await arcade.send(ALICE, ticket, arcade.play(ticket))
    other = await arcade.send(ALICE, ticket, arcade.play(ticket, left=stay_still))
    assert_refused(other, "ticket_used")
    kept = await arcade.get(f"{MATCHES}/{first.json()['id']}", ALICE)
    assert kept.json() == first.json()


async def test_a_ticket_of_another_player_is_refused(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    assert_refused(await arcade.send(BOB, ticket, inputs), "ticket_foreign")
    await arcade.send(ALICE, ticket, inputs)
    assert_refused(await arcade.send(BOB, ticket, inputs), "ticket_foreign")
    assert await arcade.listed(BOB) == []


async def test_an_access_token_is_no_ticket(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    assert_refused(await arcade.send(ALICE, ALICE.token, arcade.play(ticket)), "ticket_forged")


async def test_an_expired_ticket_is_refused(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    arcade.clock.advance(hours=2)
    await refuse(arcade, ALICE, ticket, inputs, "ticket_expired")


async def test_a_match_under_other_rules_is_refused(arcade: Arcade) -> None:
    ticket = arcade.changed(await arcade.ticket(ALICE), rules=99)
    await refuse(arcade, ALICE, ticket, arcade.play(ticket), "rules_unknown")


async def test_a_log_may_not_have_more_ticks_than_time_has_passed(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    arcade.clock.advance(seconds=-3)
    await refuse(arcade, ALICE, ticket, inputs, "log_too_fast")
    arcade.clock.advance(seconds=3)
    assert (await arcade.send(ALICE, ticket, inputs)).status_code == 201


def _first_change_to(*change: object) -> Tamper:
    return lambda inputs: {**inputs, "changes": [list(change), *inputs["changes"][1:]]}


REFUSED_LOGS: dict[str, tuple[Tamper, str]] = {
    "no ticks": (lambda _: {"ticks": 0, "changes": []}, "log_malformed"),
    "negative ticks": (lambda _: {"ticks": -1, "changes": []}, "log_malformed"),
    "unknown key": (_first_change_to(0, 2, 0), "log_malformed"),
    "keys of the computer": (_first_change_to(0, UP, DOWN), "log_foreign_input"),
    "negative tick": (_first_change_to(-1, UP, STILL), "log_out_of_order"),
    "backwards": (
        lambda inputs: {
            **inputs,
            "changes": [inputs["changes"][0], [0, DOWN, STILL], *inputs["changes"][2:]],
        },
        "log_out_of_order",
    ),
    "same tick twice": (
        lambda inputs: {**inputs, "changes": [*inputs["changes"], inputs["changes"][-1]]},
        "log_out_of_order",
    ),
    "change after the end": (
        lambda inputs: {**inputs, "changes": [*inputs["changes"], [inputs["ticks"], 1, 0]]},
        "log_out_of_order",
    ),
    "no change": (_first_change_to(0, STILL, STILL), "log_no_change"),
    "ends early": (without_last_tick, "log_ends_early"),
    "runs on": (lambda inputs: {**inputs, "ticks": inputs["ticks"] + 1}, "log_runs_on"),
    "too many ticks": (lambda inputs: {**inputs, "ticks": MAX_TICKS + 1}, "log_too_long"),
    "endless": (lambda inputs: {**inputs, "ticks": 2**70}, "log_too_long"),
    "too many changes": (
        lambda inputs: {**inputs, "changes": [[0, 1, 0]] * (MAX_CHANGES + 1)},
        "log_too_long",
    ),
}


@pytest.mark.parametrize(("tamper", "code"), REFUSED_LOGS.values(), ids=REFUSED_LOGS.keys())
async def test_a_tampered_log_is_refused(arcade: Arcade, tamper: Tamper, code: str) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    await refuse(arcade, ALICE, ticket, tamper(inputs), code)
    assert (await arcade.send(ALICE, ticket, inputs)).status_code == 201, "the ticket is not lost"


@pytest.mark.parametrize("dropped", [0, 1, 5, -1])
async def test_a_log_without_one_of_its_changes_is_another_match_or_refused(
    arcade: Arcade, dropped: int
) -> None:
    ticket = await arcade.ticket(ALICE, level="hard", points=5)
    inputs = arcade.play(ticket)
    del inputs["changes"][dropped]
    answer = await arcade.send(ALICE, ticket, inputs)
    claims = arcade.claims(ticket)
    try:
        outcome = replay("ai", "hard", claims.seed, 5, _log(inputs))
    except LogRefused as refused:
        assert_refused(answer, f"log_{refused.code}")
    else:
        assert answer.json()["left"]["score"] == outcome.left_score


async def test_a_log_for_another_seed_is_refused(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE, level="hard", points=5)
    seed = arcade.claims(ticket).seed ^ 1
    inputs = wire(play_match(mode="ai", level="hard", seed=seed, points=5))
    arcade.clock.advance(seconds=inputs["ticks"] / TICKS_PER_SECOND)
    answer = await arcade.send(ALICE, ticket, inputs)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"log_ends_early", "log_runs_on"}


@pytest.mark.parametrize(
    "inputs",
    [
        None,
        [],
        {"ticks": 5},
        {"ticks": "many", "changes": []},
        {"ticks": 5.5, "changes": []},
        {"ticks": True, "changes": []},
        {"ticks": 5, "changes": {}},
        {"ticks": 5, "changes": [[1, 0]]},
        {"ticks": 5, "changes": [[1, 0, 0, 0]]},
        {"ticks": 5, "changes": [["first", 0, 0]]},
    ],
)
async def test_a_body_of_another_shape_is_a_bad_request(arcade: Arcade, inputs: object) -> None:
    answer = await arcade.send(ALICE, await arcade.ticket(ALICE), inputs)
    assert answer.status_code == 400


async def test_the_longest_log_fits(arcade: Arcade) -> None:
    longest = {"ticks": MAX_TICKS, "changes": [[MAX_TICKS - 1, -1, -1]] * MAX_CHANGES}
    ticket = await arcade.ticket(ALICE)
    arcade.clock.advance(minutes=31)
    assert_refused(await arcade.send(ALICE, ticket, longest), "log_foreign_input")


async def test_a_larger_body_is_refused_without_reading_it(arcade: Arcade) -> None:
    answer = await arcade.send(ALICE, "x", {"ticks": 1, "changes": [[1, -1, -1]] * 90_000})
    assert answer.status_code == 413


async def test_a_long_log_is_verified_outside_of_the_event_loop(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE, "local", points=21)
    changes = [[tick, (tick + 1) % 2, 0] for tick in range(2_001)]
    arcade.clock.advance(minutes=31)
    await refuse(arcade, ALICE, ticket, {"ticks": 2_001, "changes": changes}, "log_ends_early")


async def test_waiting_long_logs_hold_no_connection_and_are_limited(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    ticket = await busy_arcade.ticket(ALICE, "local", points=21)
    changes = [[tick, (tick + 1) % 2, 0] for tick in range(5_000)]
    inputs = {"ticks": 5_000, "changes": changes}
    busy_arcade.clock.advance(minutes=31)
    room, too_many = MOST_LONG_LOGS_AT_ONCE, 5
    pool = pooled_db.get_engine().pool
    assert isinstance(pool, QueuePool)
    answers: asyncio.Queue[httpx.Response] = asyncio.Queue()

    async def send() -> None:
        answers.put_nowait(await busy_arcade.send(ALICE, ticket, inputs))

    async with asyncio.timeout(LONG_LOG_SECONDS), asyncio.TaskGroup() as sending:
        async with verification._SIMULATION_TURN:
            for _ in range(room + too_many):
                sending.create_task(send())
            turned_away = [await answers.get() for _ in range(too_many)]
            # The refusal comes before the log is read.
            unread = b"[" * (LONGEST_UNCOUNTED_BODY_BYTES + 1)
            turned_away.append(
                await busy_arcade.client.post(MATCHES, content=unread, headers=ALICE.headers)
            )
            # All others have read what is stored, and wait for their turn.
            await until(lambda: len(verification._SIMULATION_TURN._waiters or ()) == room)
            assert pool.checkedout() == 0
        waited = [await answers.get() for _ in range(room)]
    assert {answer.status_code for answer in waited} == {422}
    for answer in turned_away:
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("busy", "5")


def test_every_refusal_of_the_game_has_an_answer() -> None:
    codes = {refusal.code for refusal in LogRefused.__subclasses__()}
    assert codes == LOG_REFUSALS.keys()
    assert {answer.code for answer in LOG_REFUSALS.values()} == {f"log_{code}" for code in codes}


def test_refusals_have_unique_codes() -> None:
    refusals = MatchRefused.__subclasses__()
    assert len({refusal.code for refusal in refusals}) == len(refusals)


async def refuse(arcade: Arcade, person: Person, ticket: str, inputs: Json, code: str) -> None:
    """Submit a match, and check that it is refused and not stored."""
    assert_refused(await arcade.send(person, ticket, inputs), code)
    assert not await arcade.is_stored(person, arcade.claims(ticket).match_id)
    assert await arcade.listed(person) == []


def assert_refused(answer: httpx.Response, code: str) -> None:
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert (problem["code"], problem["type"]) == (code, f"/problems/{code}")
    assert problem["detail"]


def _log(inputs: Json) -> InputLog:
    return InputLog(inputs["ticks"], inputs["changes"])
