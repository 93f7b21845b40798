"""One match and its replay, and their visibility."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from history.matches.models import DELETED_PLAYER
from pong.log import InputLog, replay
from services.history.tests.arcade import MATCHES, Arcade
from services.history.tests.rows import NOON, MatchRow, store
from tests.fixtures.cast import ALICE

PATHS = [f"{MATCHES}/{{id}}", f"{MATCHES}/{{id}}/replay"]


async def test_a_record_can_be_read_as_it_was_returned(arcade: Arcade) -> None:
    record = await arcade.stored(ALICE)
    assert (await arcade.get(f"{MATCHES}/{record['id']}")).json() == record


@pytest.mark.parametrize("mode", ["ai", "local"])
async def test_the_replay_reaches_the_same_end(
    arcade: Arcade, mode: Literal["ai", "local"]
) -> None:
    ticket = await arcade.ticket(ALICE, mode, points=5)
    inputs = arcade.play(ticket)
    record = (await arcade.send(ALICE, ticket, inputs)).json()
    answer = (await arcade.get(f"{MATCHES}/{record['id']}/replay", ALICE)).json()
    assert answer["record"] == record
    assert answer["inputs"] == inputs
    log = InputLog(answer["inputs"]["ticks"], answer["inputs"]["changes"])
    outcome = replay(mode, answer["level"], answer["seed"], answer["points"], log)
    assert (outcome.left_score, outcome.right_score) == (
        record["left"]["score"], record["right"]["score"],
    )  # fmt: skip
    assert outcome.ticks == record["ticks"]


async def test_a_match_of_an_erased_player_can_still_be_read(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    row = _Forgotten(ALICE.id)
    await store(db, row)
    answer = await arcade.get(f"{MATCHES}/{row.id}")
    assert answer.json()["left"]["player_id"] is None


class _Forgotten(MatchRow):
    @property
    def sides(self) -> list[dict[str, Any]]:
        left, right = super().sides
        return [{**left, "player_id": None, "name": DELETED_PLAYER}, right]


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "chess"},
        {"level": None},
        {"level": "godlike"},
        {"rules": 0},
        {"seed": -1},
        {"seed": 2**32},
        {"digest": 2**32},
        {"points": 4},
        {"ticks": 0},
        {"ticks": 108_001},
        {"longest_rally": -1},
        {"winner": 0},
        {"winner": 2},
        {"left_score": 2},
        {"left_score": 4},
        {"right_score": 3},
        {"right_score": -1},
        {"rated": True},
        {"delay": 2},
        {"forfeited_by": 2, "left_score": 2},
        {"mode": "online", "level": "easy"},
        {"mode": "online", "level": None, "delay": -1},
        {"mode": "online", "level": None, "forfeited_by": 3, "left_score": 2},
        {"mode": "online", "level": None, "forfeited_by": 1, "left_score": 2},
        {"mode": "online", "level": None, "forfeited_by": 2},
        {"mode": "online", "level": None, "forfeited_by": 2, "left_score": 2, "ticks": -1},
    ],
)
async def test_the_database_refuses_impossible_matches(
    db: SQLAlchemyAsyncConfig, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match="violates check constraint"):
        await store(db, MatchRow(ALICE.id, changes=changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"side": 3},
        {"side": 2},
        {"kind": "ghost"},
        {"kind": "ai"},
        {"kind": "guest", "player_id": None},
        {"player_id": None},
        {"name": ""},
        {"outcome": "draw"},
        {"outcome": "lost"},
        {"match_id": UUID(int=1)},
        {"late": 0},
        {"rtt_ms": 20},
        {"mode": "online", "late": -1},
        {"mode": "online", "rtt_ms": -1},
        {"mode": "online", "rating_before": 1500.0},
        {"mode": "online", "player_id": None, "name": DELETED_PLAYER, "late": 0},
        {
            "mode": "online",
            "player_id": None,
            "name": DELETED_PLAYER,
            "rating_before": 1500.0,
            "rating_after": 1500.0,
        },
    ],
)
async def test_the_database_refuses_impossible_sides(
    db: SQLAlchemyAsyncConfig, changes: dict[str, Any]
) -> None:
    class Broken(MatchRow):
        @property
        def sides(self) -> list[dict[str, Any]]:
            left, right = super().sides
            return [{**left, **changes}, right]

    with pytest.raises(IntegrityError):
        await store(db, Broken(ALICE.id, played_at=NOON + timedelta(minutes=1)))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE participations SET outcome = 'lost' WHERE side = 1",
        "UPDATE participations SET outcome = CASE outcome WHEN 'won' THEN 'lost' ELSE 'won' END",
        "UPDATE matches SET winner = 2, left_score = 1, right_score = 3",
    ],
)
async def test_the_database_ties_outcomes_to_the_winner(
    db: SQLAlchemyAsyncConfig, change: str
) -> None:
    await store(db, MatchRow(ALICE.id))
    async with db.get_session() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text(change))
