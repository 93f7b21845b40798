"""Ratings of many players in one request of tournament."""

from collections.abc import Sequence

import httpx
import pytest

from contracts.history.ratings import MOST_PLAYERS_ASKED
from services.history.tests.arcade import Arcade, Json
from services.history.tests.hotseat import RATINGS, as_tournament
from services.history.tests.online import NOON, delivered
from tests.fixtures.cast import ALICE, BOB, CHARLIE, Person
from transcendence_common.ids import new_id


async def test_players_with_a_rating_get_the_public_values(arcade: Arcade) -> None:
    arcade.clock.now = NOON
    await delivered(arcade, ALICE, BOB, played_at=NOON.isoformat())
    # This includes the growth of the deviation since then.
    arcade.clock.advance(days=30)
    answer = await _ask(arcade, ALICE, [BOB.id, ALICE.id, CHARLIE.id, BOB.id])
    assert answer.status_code == 200
    expected = [await _standing(arcade, person) for person in (ALICE, BOB)]
    assert answer.json() == {"items": sorted(expected, key=lambda each: str(each["player_id"]))}


async def test_a_request_without_players_returns_no_ratings(arcade: Arcade) -> None:
    answer = await _ask(arcade, ALICE, [])
    assert (answer.status_code, answer.json()) == (200, {"items": []})


async def test_a_request_may_name_as_many_players_as_a_tournament_has(arcade: Arcade) -> None:
    await delivered(arcade, ALICE, BOB)
    many = [ALICE.id, *(new_id() for _ in range(MOST_PLAYERS_ASKED - 1))]
    assert len((await _ask(arcade, ALICE, many)).json()["items"]) == 1
    refused = await _ask(arcade, ALICE, [*many, BOB.id])
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "player_ids")


@pytest.mark.parametrize("body", [{}, {"player_ids": None}, {"player_ids": ["Alice"]}, {"player_ids": 7}])  # fmt: skip
async def test_a_malformed_request_is_refused(arcade: Arcade, body: Json) -> None:
    answer = await arcade.client.post(RATINGS, json=body, headers=as_tournament(ALICE))
    assert answer.status_code == 400


async def _ask(arcade: Arcade, key_of: Person, player_ids: Sequence[object]) -> httpx.Response:
    return await arcade.client.post(
        RATINGS,
        json={"player_ids": [str(player_id) for player_id in player_ids]},
        headers=as_tournament(key_of),
    )


async def _standing(arcade: Arcade, person: Person) -> Json:
    standing = (await arcade.get(f"/api/history/players/{person.id}/rating")).json()
    return {name: standing[name] for name in ("player_id", "rating", "deviation")}
