"""What a player's matches add up to."""

from collections import Counter

from pong.scripted import idle
from services.history.tests.arcade import Arcade, Json
from tests.fixtures.cast import Person
from transcendence_common.ids import new_id

NOTHING = {"played": 0, "won": 0, "lost": 0, "longest_rally": 0}


async def test_totals_are_those_of_the_matches(arcade: Arcade, alice: Person) -> None:
    for _ in range(3):
        await arcade.stored(alice)
        ticket = await arcade.ticket(alice, level="hard")
        await arcade.send(alice, ticket, arcade.play(ticket, left=idle))
    stats = await _stats(arcade, alice, alice)
    assert stats["by_mode"] == {"ai": stats["total"]}
    assert stats["total"] == _added_up(await arcade.listed(alice))


async def test_modes_are_counted_apart_and_together(arcade: Arcade, alice: Person) -> None:
    computer = await arcade.stored(alice)
    guest = await arcade.stored(alice, "local")
    stats = await _stats(arcade, alice, alice)
    assert stats["by_mode"]["ai"]["longest_rally"] == computer["longest_rally"]
    assert stats["by_mode"]["local"]["longest_rally"] == guest["longest_rally"]
    assert stats["total"] == _added_up(await arcade.listed(alice))


async def test_stranger_sees_nothing_of_local_matches(
    arcade: Arcade, alice: Person, charlie: Person
) -> None:
    await arcade.stored(alice)
    await arcade.stored(alice, "local")
    for stranger in (None, charlie):
        stats = await _stats(arcade, alice, stranger)
        assert list(stats["by_mode"]) == ["ai"]
        assert stats["total"]["played"] == 1


async def test_same_log_again_counts_once(arcade: Arcade, alice: Person) -> None:
    ticket = await arcade.ticket(alice)
    inputs = arcade.play(ticket)
    for _ in range(3):
        await arcade.send(alice, ticket, inputs)
    assert (await _stats(arcade, alice, alice))["total"]["played"] == 1


async def test_player_without_matches_has_zeros(arcade: Arcade) -> None:
    player_id = new_id()
    answer = await arcade.get(f"/api/history/players/{player_id}/stats")
    assert answer.json() == {"player_id": str(player_id), "total": NOTHING, "by_mode": {}}


async def test_malformed_player_is_not_found(arcade: Arcade) -> None:
    assert (await arcade.get("/api/history/players/alice/stats")).status_code == 404


async def _stats(arcade: Arcade, player: Person, reader: Person | None) -> Json:
    answer = await arcade.get(f"/api/history/players/{player.id}/stats", reader)
    stats: Json = answer.json()
    return stats


def _added_up(items: list[Json]) -> dict[str, int]:
    outcomes = Counter(item["outcome"] for item in items)
    return {
        "played": len(items),
        "won": outcomes["won"],
        "lost": outcomes["lost"],
        "longest_rally": max(item["longest_rally"] for item in items),
    }
