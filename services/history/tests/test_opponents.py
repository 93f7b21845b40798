"""Online opponents of a player, with the number of matches and wins."""

from datetime import timedelta

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from history.players.models import OpponentTotals
from history.players.queries import MOST_OPPONENTS
from services.history.tests.arcade import Arcade, Json
from services.history.tests.online import NOON, deliver, deliver_at_once, delivered, online_match
from tests.fixtures.cast import ALICE, BOB, CHARLIE, Person
from transcendence_common.ids import new_id


async def test_opponents_are_counted_from_both_sides(arcade: Arcade) -> None:
    later = (NOON + timedelta(hours=1)).isoformat()
    await delivered(arcade, ALICE, CHARLIE)
    await delivered(arcade, ALICE, BOB, "left")
    await delivered(arcade, BOB, ALICE, "left", played_at=later)
    await delivered(arcade, BOB, ALICE, "right", rated=False)
    assert await _opponents(arcade, ALICE) == [
        {"player_id": str(BOB.id), "name": "Bob", "played": 3, "won": 2,
         "last_played_at": "2026-05-01T13:00:00Z"},
        {"player_id": str(CHARLIE.id), "name": "Charlie", "played": 1, "won": 1,
         "last_played_at": "2026-05-01T12:00:00Z"},
    ]  # fmt: skip
    [of_bob] = await _opponents(arcade, BOB)
    assert (of_bob["name"], of_bob["played"], of_bob["won"]) == ("Alice", 3, 1)


async def test_a_repeated_delivery_counts_once(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB)
    for _ in range(3):
        await deliver(arcade, ALICE, body)
    assert [each["played"] for each in await _opponents(arcade, ALICE)] == [1]


async def test_parallel_matches_of_two_players_are_all_counted(busy_arcade: Arcade) -> None:
    pairs = [(ALICE, BOB), (BOB, ALICE)] * 4
    bodies = [online_match(left, right, rated=False) for left, right in pairs]
    answers = await deliver_at_once(busy_arcade, ALICE, bodies)
    assert {answer.status_code for answer in answers} == {201}
    for player in (ALICE, BOB):
        [against] = await _opponents(busy_arcade, player)
        assert (against["played"], against["won"]) == (8, 4)


async def test_an_opponent_has_the_name_of_the_last_match(arcade: Arcade) -> None:
    await delivered(arcade, ALICE, BOB)
    body = online_match(ALICE, BOB)
    body["right"]["name"] = "Robert"
    await deliver(arcade, ALICE, body)
    assert [each["name"] for each in await _opponents(arcade, ALICE)] == ["Robert"]


async def test_the_ten_most_frequent_are_listed_the_latest_first_among_equals(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    rows = [_row(ALICE, played=2 + number // 3, minutes=number) for number in range(15)]
    await _put(db, *rows)
    expected = sorted(rows, key=lambda row: (row["played"], row["last_played_at"]), reverse=True)
    listed = await _opponents(arcade, ALICE)
    assert [each["player_id"] for each in listed] == [
        str(row["opponent_id"]) for row in expected[:MOST_OPPONENTS]
    ]


async def test_matches_against_the_computer_and_guests_have_no_opponent(arcade: Arcade) -> None:
    await arcade.stored(ALICE)
    await arcade.stored(ALICE, "local")
    assert await _opponents(arcade, ALICE) == []


@pytest.mark.parametrize("changes", [{"won": 3}, {"won": -1}, {"opponent_name": ""}, {"self": 1}])
async def test_the_database_refuses_impossible_counts(
    db: SQLAlchemyAsyncConfig, changes: Json
) -> None:
    row = {**_row(ALICE, played=2, minutes=0), **changes}
    if row.pop("self", None):
        row["opponent_id"] = ALICE.id
    with pytest.raises(IntegrityError, match="violates check constraint"):
        await _put(db, row)


async def _opponents(arcade: Arcade, player: Person) -> list[Json]:
    answer = await arcade.get(f"/api/history/players/{player.id}/opponents")
    assert answer.status_code == 200
    items: list[Json] = answer.json()["items"]
    return items


def _row(player: Person, *, played: int, minutes: int) -> Json:
    return {
        "player_id": player.id,
        "opponent_id": new_id(),
        "opponent_name": "Somebody",
        "played": played,
        "won": 1,
        "last_played_at": NOON + timedelta(minutes=minutes),
    }


async def _put(db: SQLAlchemyAsyncConfig, *rows: Json) -> None:
    async with db.get_session() as session:
        await session.execute(insert(OpponentTotals), list(rows))
        await session.commit()
