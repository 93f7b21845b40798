"""Statistics of a player's matches."""

from collections import Counter
from datetime import timedelta
from importlib import import_module

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import insert, text

from history.players.models import PlayerTotals
from pong.scripted import stay_still
from services.history.tests.arcade import Arcade, Json
from services.history.tests.online import delivered
from services.history.tests.rows import NOON, MatchRow, store
from tests.fixtures.cast import ALICE, BOB, CHARLIE, Person
from transcendence_common.ids import new_id

NOTHING = {"played": 0, "won": 0, "lost": 0, "longest_rally": 0}


async def test_totals_are_those_of_the_matches(arcade: Arcade) -> None:
    for _ in range(3):
        await arcade.stored(ALICE)
        ticket = await arcade.ticket(ALICE, level="hard")
        await arcade.send(ALICE, ticket, arcade.play(ticket, left=stay_still))
    stats = await _stats(arcade, ALICE, ALICE)
    assert _without_streaks(stats["by_mode"]["ai"]) == stats["total"]
    assert list(stats["by_mode"]) == ["ai"]
    assert stats["total"] == _added_up(await arcade.listed(ALICE))


async def test_modes_are_counted_separately_and_together(arcade: Arcade) -> None:
    computer = await arcade.stored(ALICE)
    guest = await arcade.stored(ALICE, "local")
    stats = await _stats(arcade, ALICE, ALICE)
    assert stats["by_mode"]["ai"]["longest_rally"] == computer["longest_rally"]
    assert stats["by_mode"]["local"]["longest_rally"] == guest["longest_rally"]
    assert stats["total"] == _added_up(await arcade.listed(ALICE))


async def test_a_stranger_does_not_see_local_matches(arcade: Arcade) -> None:
    await arcade.stored(ALICE)
    await arcade.stored(ALICE, "local")
    for stranger in (None, CHARLIE):
        stats = await _stats(arcade, ALICE, stranger)
        assert list(stats["by_mode"]) == ["ai"]
        assert stats["total"]["played"] == 1


async def test_online_matches_count_for_both_players_and_are_public(arcade: Arcade) -> None:
    record = await delivered(arcade, ALICE, BOB)
    for player, won in ((ALICE, 1), (BOB, 0)):
        stats = await _stats(arcade, player, None)
        assert stats["by_mode"] == {
            "online": {
                "played": 1,
                "won": won,
                "lost": 1 - won,
                "longest_rally": record["longest_rally"],
                "win_streak": won,
                "best_win_streak": won,
            }
        }


@pytest.mark.parametrize(
    ("outcomes", "streak", "best"),
    [("w", 1, 1), ("l", 0, 0), ("wwl", 0, 2), ("wwlw", 1, 2), ("lwlwww", 3, 3), ("wlwwlwll", 0, 2)],
)
async def test_streaks_are_the_current_and_the_best_series_of_wins(
    arcade: Arcade, outcomes: str, *, streak: int, best: int
) -> None:
    await arcade.stored(ALICE)
    for outcome in outcomes:
        await delivered(arcade, ALICE, BOB, "left" if outcome == "w" else "right")
    online = (await _stats(arcade, ALICE, None))["by_mode"]["online"]
    assert (online["win_streak"], online["best_win_streak"]) == (streak, best)


async def test_streaks_of_existing_matches_are_those_of_the_list(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    streaks = {"ai": "wwwlww", "local": "wl"}
    for mode, outcomes in streaks.items():
        for minute, outcome in enumerate(outcomes):
            at = NOON + timedelta(minutes=minute)
            await store(db, MatchRow(ALICE.id, mode, won=outcome == "w", played_at=at))
    async with db.get_session() as session:
        for mode, outcomes in streaks.items():
            await session.execute(
                insert(PlayerTotals).values(
                    player_id=ALICE.id,
                    mode=mode,
                    played=len(outcomes),
                    won=outcomes.count("w"),
                    longest_rally=4,
                )
            )
        migration = import_module("history.migrations.versions.0003_online_matches")
        await session.execute(text(migration.STREAKS))
        await session.commit()
    by_mode = (await _stats(arcade, ALICE, ALICE))["by_mode"]
    assert {
        mode: (totals["win_streak"], totals["best_win_streak"]) for mode, totals in by_mode.items()
    } == {"ai": (2, 3), "local": (0, 1)}


async def test_submitting_the_same_log_again_counts_once(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    for _ in range(3):
        await arcade.send(ALICE, ticket, inputs)
    assert (await _stats(arcade, ALICE, ALICE))["total"]["played"] == 1


async def test_a_player_without_matches_has_zeros(arcade: Arcade) -> None:
    player_id = new_id()
    answer = await arcade.get(f"/api/history/players/{player_id}/stats")
    assert answer.json() == {"player_id": str(player_id), "total": NOTHING, "by_mode": {}}


async def _stats(arcade: Arcade, player: Person, reader: Person | None) -> Json:
    answer = await arcade.get(f"/api/history/players/{player.id}/stats", reader)
    stats: Json = answer.json()
    return stats


def _without_streaks(totals: Json) -> Json:
    return {name: number for name, number in totals.items() if "streak" not in name}


def _added_up(items: list[Json]) -> dict[str, int]:
    outcomes = Counter(item["outcome"] for item in items)
    return {
        "played": len(items),
        "won": outcomes["won"],
        "lost": outcomes["lost"],
        "longest_rally": max(item["longest_rally"] for item in items),
    }
