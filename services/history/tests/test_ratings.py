"""Effects of a rated match on ratings, and the visibility of ratings."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from history.ratings import queries
from history.ratings.glicko2 import Rating, rating_after_idling, ratings_after_match
from history.ratings.models import PlayerRating
from services.history.tests.arcade import Arcade, Json
from services.history.tests.online import (
    NOON,
    SideName,
    deliver,
    deliver_at_once,
    delivered,
    given_up,
    online_match,
)
from tests.fixtures.cast import ALICE, BOB, CHARLIE, KEY, Person
from tests.fixtures.patience import PATIENCE_SECONDS
from transcendence_common.ids import new_id

LEADERBOARD = "/api/history/leaderboard"
NEWCOMER = {"rating": 1500.0, "deviation": 350.0, "provisional": True, "rated_matches": 0, "rank": None}  # fmt: skip


async def test_a_player_without_rated_matches_has_the_starting_rating(arcade: Arcade) -> None:
    assert await _rating(arcade, ALICE) == {"player_id": str(ALICE.id), **NEWCOMER}
    unknown = new_id()
    answer = await arcade.get(f"/api/history/players/{unknown}/rating")
    assert answer.json() == {"player_id": str(unknown), **NEWCOMER}


async def test_a_match_changes_both_ratings_from_their_values_before_it(arcade: Arcade) -> None:
    _play_at(arcade)
    winner, loser = Rating(), Rating()
    won: list[tuple[SideName, Person, Person]] = [("left", ALICE, BOB), ("right", BOB, ALICE)]
    for match_winner, first, second in won:
        record = await delivered(arcade, first, second, match_winner, played_at=_noon(arcade))
        before = (winner, loser)
        winner, loser = ratings_after_match(winner, loser)
        sides = {record[side]["player_id"]: record[side] for side in ("left", "right")}
        for player, was, now in ((ALICE, before[0], winner), (BOB, before[1], loser)):
            side = sides[str(player.id)]
            assert (side["rating_before"], side["rating_after"]) == (
                round(was.rating, 1), round(now.rating, 1),
            )  # fmt: skip
            assert await _rating(arcade, player) == {
                "player_id": str(player.id),
                "rating": round(now.rating, 1),
                "deviation": round(now.deviation, 1),
                "provisional": True,
                "rated_matches": 1 if was.deviation == 350 else 2,
                "rank": None,
            }


@pytest.mark.parametrize(("by", "winner"), [("left", 1), ("right", 0)])
async def test_forfeiting_a_rated_match_counts_as_a_loss(
    arcade: Arcade, by: SideName, winner: int
) -> None:
    answer = await deliver(arcade, ALICE, given_up(ALICE, BOB, by, 0))
    assert answer.json()["rated"]
    ratings = [(await _rating(arcade, player))["rating"] for player in (ALICE, BOB)]
    assert ratings[winner] > 1500 > ratings[1 - winner]


async def test_an_unrated_match_changes_no_rating(arcade: Arcade) -> None:
    record = await delivered(arcade, ALICE, BOB, rated=False)
    assert not {"rating_before", "rating_after"} & record["left"].keys()
    assert await _rating(arcade, ALICE) == {"player_id": str(ALICE.id), **NEWCOMER}
    assert await _changes(arcade, ALICE) == []


async def test_a_repeated_delivery_changes_no_rating(arcade: Arcade) -> None:
    body = online_match(ALICE, BOB)
    await deliver(arcade, ALICE, body)
    first = await _rating(arcade, ALICE)
    await deliver(arcade, ALICE, body)
    assert await _rating(arcade, ALICE) == first


async def test_the_deviation_grows_during_inactivity(arcade: Arcade) -> None:
    _play_at(arcade)
    await delivered(arcade, ALICE, BOB)
    after, _ = ratings_after_match(Rating(), Rating())
    arcade.clock.advance(days=200)
    grown = rating_after_idling(after, timedelta(days=200))
    assert (await _rating(arcade, ALICE))["deviation"] == round(grown.deviation, 1)
    await delivered(arcade, ALICE, BOB, played_at=_noon(arcade))
    [newest, _] = await _changes(arcade, ALICE)
    assert newest["deviation_before"] == round(grown.deviation, 1)


async def test_a_late_delivery_does_not_set_the_time_back(arcade: Arcade) -> None:
    _play_at(arcade)
    await delivered(arcade, ALICE, BOB)
    earlier = (NOON - timedelta(days=100)).isoformat()
    await delivered(arcade, ALICE, BOB, played_at=earlier)
    newest, first = await _changes(arcade, ALICE)
    assert (newest["number"], first["number"]) == (2, 1)
    assert (newest["rating_before"], newest["deviation_before"]) == (
        first["rating_after"], first["deviation_after"],
    )  # fmt: skip


async def test_changes_are_listed_newest_first_page_by_page(arcade: Arcade) -> None:
    records = [
        await delivered(arcade, ALICE, BOB, winner)
        for winner in ("left", "right", "left", "left", "right")
    ]
    listed = await _changes(arcade, ALICE)
    assert [change["match_id"] for change in listed] == [each["id"] for each in reversed(records)]
    assert [change["number"] for change in listed] == [5, 4, 3, 2, 1]
    for newer, older in pairwise(listed):
        assert newer["rating_before"] == older["rating_after"]
    assert await _paged(arcade, _changes_path(ALICE), limit=2) == listed


async def test_parallel_matches_of_a_player_are_all_counted(busy_arcade: Arcade) -> None:
    pairs = [(ALICE, BOB), (BOB, ALICE), (ALICE, CHARLIE), (CHARLIE, BOB)] * 3
    bodies = [online_match(left, right) for left, right in pairs]
    async with asyncio.timeout(PATIENCE_SECONDS):
        answers = await deliver_at_once(busy_arcade, ALICE, bodies)
    assert {answer.status_code for answer in answers} == {201}
    for player, count in ((ALICE, 9), (BOB, 9), (CHARLIE, 6)):
        assert (await _rating(busy_arcade, player))["rated_matches"] == count
        changes = await _changes(busy_arcade, player)
        assert [change["number"] for change in changes] == list(range(count, 0, -1))
        for newer, older in pairwise(changes):
            assert newer["rating_before"] == older["rating_after"]
        stats = (await busy_arcade.get(f"/api/history/players/{player.id}/stats")).json()
        assert stats["by_mode"]["online"]["played"] == count


async def test_the_leaderboard_lists_settled_players_by_rating(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    _play_at(arcade)
    people = [Person(f"P{number}", KEY) for number in range(5)]
    settled = [
        _row(people[0], 1700.25),
        _row(people[1], 1500.0),
        _row(people[2], 1700.25),
        _row(people[3], 1900.0),
    ]
    await _put(db, *settled, _row(people[4], 2000.0, settled_until=None))
    expected = sorted(settled, key=lambda row: (-row["rating"], row["player_id"]))
    board = (await arcade.get(LEADERBOARD)).json()
    assert board["items"] == [
        {
            "rank": rank,
            "player_id": str(row["player_id"]),
            "name": row["name"],
            "rating": round(row["rating"], 1),
            "deviation": 60.0,
            "provisional": False,
            "rated_matches": 40,
        }
        for rank, row in enumerate(expected, start=1)
    ]
    assert board["next_cursor"] is None
    for limit in (1, 2, 3, 4):
        assert await _paged(arcade, LEADERBOARD, limit=limit) == board["items"]
    for item in board["items"]:
        answer = (await arcade.get(f"/api/history/players/{item['player_id']}/rating")).json()
        assert (answer["rank"], answer["provisional"]) == (item["rank"], False)
    assert (await _rating(arcade, people[4]))["rank"] is None


async def test_an_inactive_player_leaves_the_leaderboard_and_returns(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    _play_at(arcade)
    await _put(db, _row(ALICE, 1700.0), _row(BOB, 1600.0))
    await delivered(arcade, ALICE, BOB)
    assert (await _rating(arcade, ALICE))["rank"] == 1
    arcade.clock.advance(days=500)
    assert (await arcade.get(LEADERBOARD)).json()["items"] == []
    assert (await _rating(arcade, ALICE))["rank"] is None
    assert (await _rating(arcade, ALICE))["provisional"]
    for _ in range(5):
        await delivered(arcade, ALICE, BOB, played_at=_noon(arcade))
    assert [line["name"] for line in (await arcade.get(LEADERBOARD)).json()["items"]] == [
        "Alice", "Bob",
    ]  # fmt: skip


async def test_the_leaderboard_shows_the_name_of_the_last_match(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    _play_at(arcade)
    await _put(db, _row(ALICE, 1700.0), _row(BOB, 1600.0))
    body = online_match(ALICE, BOB)
    body["left"]["name"] = "Alicia"
    await deliver(arcade, ALICE, body)
    [first, _] = (await arcade.get(LEADERBOARD)).json()["items"]
    assert first["name"] == "Alicia"


@pytest.mark.parametrize(
    "changes",
    [
        {"rating": 99.0},
        {"rating": 4001.0},
        {"deviation": 0.0},
        {"deviation": 350.1},
        {"volatility": 0.5},
        {"rated_matches": -1},
        {"name": ""},
    ],
)
async def test_the_database_refuses_impossible_ratings(
    db: SQLAlchemyAsyncConfig, changes: Json
) -> None:
    with pytest.raises(IntegrityError, match="violates check constraint"):
        await _put(db, {**_row(ALICE, 1500.0), **changes})


@pytest.mark.parametrize("statement", ["_LEADERBOARD", "_STANDING", "_CHANGES"])
async def test_reads_use_an_index_however_many_ratings_there_are(
    db: SQLAlchemyAsyncConfig, statement: str
) -> None:
    player_id = new_id()
    arguments = {
        "_LEADERBOARD": (NOON, 2000.0, player_id, 21),
        "_STANDING": (player_id, NOON),
        "_CHANGES": (player_id, 500, 21),
    }[statement]
    for table in await _tables(db, getattr(queries, statement), arguments):
        assert table["Node Type"] in {"Index Scan", "Index Only Scan"}, table
        assert table["Index Name"] in {
            "ratings_of_the_settled",
            "pk_ratings",
            "uq_rating_changes_player_id",
            "rating_changes_of_player",
        }


async def _tables(
    db: SQLAlchemyAsyncConfig, statement: str, arguments: tuple[Any, ...]
) -> list[Json]:
    """Return the plan nodes of a statement that read a table, with 10,000 ratings in it."""
    async with db.get_session() as session:
        await session.execute(text(_MANY), {"noon": NOON})
        await session.execute(text("ANALYZE ratings"))
        # A newly filled or empty table would be scanned although an index could serve.
        for way in ("seqscan", "bitmapscan"):
            await session.execute(text(f"SET LOCAL enable_{way} = off"))
        raw = await (await session.connection()).get_raw_connection()
        rows = await raw.driver_connection.fetch(  # type: ignore[union-attr]
            f"EXPLAIN (FORMAT JSON) {statement}", *arguments
        )
        await session.rollback()
    return [node for node in _nodes(rows[0][0][0]["Plan"]) if "Relation Name" in node]


def _nodes(plan: Json) -> list[Json]:
    return [plan, *(node for child in plan.get("Plans", []) for node in _nodes(child))]


_MANY = """
    INSERT INTO ratings
        (player_id, name, rating, deviation, volatility, rated_matches, rated_at, settled_until)
    SELECT gen_random_uuid(), 'P', 1000 + n / 10.0, 60, 0.06, 40, :noon,
        CASE WHEN n % 3 > 0 THEN CAST(:noon AS timestamptz) + interval '1 year' END
    FROM generate_series(1, 10000) AS n
"""


def _row(person: Person, rating: float, **changes: object) -> Json:
    return {
        "player_id": person.id,
        "name": person.name,
        "rating": rating,
        "deviation": 60.0,
        "volatility": 0.06,
        "rated_matches": 40,
        "rated_at": NOON,
        "settled_until": NOON + timedelta(days=365),
        **changes,
    }


async def _put(db: SQLAlchemyAsyncConfig, *rows: Json) -> None:
    async with db.get_session() as session:
        await session.execute(insert(PlayerRating), list(rows))
        await session.commit()


def _play_at(arcade: Arcade) -> None:
    arcade.clock.now = NOON


def _noon(arcade: Arcade) -> str:
    return arcade.clock.now.isoformat()


def _changes_path(player: Person) -> str:
    return f"/api/history/players/{player.id}/rating/changes"


async def _rating(arcade: Arcade, player: Person) -> Json:
    answer = await arcade.get(f"/api/history/players/{player.id}/rating")
    assert answer.status_code == 200
    rating: Json = answer.json()
    return rating


async def _changes(arcade: Arcade, player: Person) -> list[Json]:
    answer = await arcade.get(_changes_path(player))
    items: list[Json] = answer.json()["items"]
    return items


async def _paged(arcade: Arcade, path: str, *, limit: int) -> list[Json]:
    items: list[Json] = []
    query: Json = {"limit": limit}
    for _ in range(20):
        page = (await arcade.get(path, **query)).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        query["cursor"] = page["next_cursor"]
    pytest.fail("the pages do not end")
