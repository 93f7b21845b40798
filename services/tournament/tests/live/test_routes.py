"""The list of running matches and the state of one match, over HTTP."""

from uuid import UUID

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from pong.court import LEFT
from services.tournament.tests.live.match_host_under_test import match_row, new_match
from services.tournament.tests.live.replicas import ReplicaByHand
from tests.fixtures.cast import ALICE, BOB, KEY, Person, SigningKey
from transcendence_common.ids import new_id

MATCHES = "/api/tournament/matches"


async def matches_on(
    one: ReplicaByHand, db: SQLAlchemyAsyncConfig, key: SigningKey, number: int
) -> list[UUID]:
    """Start this many matches; the newest is the first."""
    ids = []
    for each in range(number):
        left, right = (Person(f"Player {each} {side}", key) for side in ("A", "B"))
        ids.append(await new_match(db, left, right))
        await one.play(ids[-1], 5)
    await one.match_store.store()
    return ids[::-1]


async def test_the_list_is_empty_without_matches(pooled_client: httpx.AsyncClient) -> None:
    answer = await pooled_client.get(MATCHES)
    assert answer.status_code == 200
    assert answer.json() == {"items": [], "next_cursor": None}


async def test_the_list_has_running_matches_newest_first_page_by_page(
    one: ReplicaByHand, pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    ids = await matches_on(one, pooled_db, KEY, 5)
    found: list[str] = []
    cursor: str | None = None
    for rows in (2, 2, 1):
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await pooled_client.get(MATCHES, params=query)).json()
        assert len(page["items"]) == rows
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert found == [str(match_id) for match_id in ids]


async def test_a_full_last_page_has_no_next_cursor(
    one: ReplicaByHand, pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    await matches_on(one, pooled_db, KEY, 2)
    assert (await pooled_client.get(f"{MATCHES}?limit=2")).json()["next_cursor"] is None


async def test_waiting_and_finished_matches_are_not_listed(
    one: ReplicaByHand, pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    _, over, waiting, on = await matches_on(one, pooled_db, KEY, 4)
    del waiting
    await one.end(over)
    alice, bob = Person("Alice", KEY), Person("Bob", KEY)
    await one.enter(await new_match(pooled_db, alice, bob))
    await one.match_store.store()
    listed = [item["id"] for item in (await pooled_client.get(MATCHES)).json()["items"]]
    assert len(listed) == 3
    assert str(on) in listed
    assert str(over) not in listed


async def test_a_match_shows_its_state(
    one: ReplicaByHand, pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB)
    before = (await pooled_client.get(f"{MATCHES}/{match_id}")).json()
    left_id, right_id = await match_row(pooled_db, match_id, "left_id", "right_id")
    assert {before["left"]["id"], before["right"]["id"]} == {str(left_id), str(right_id)}
    assert before["state"] == "waiting"
    assert before["tournament_id"] is None
    assert before["started_at"] is before["ended_at"] is before["winner"] is None
    await one.play(match_id, 220)
    await one.match_store.store()
    on = (await pooled_client.get(f"{MATCHES}/{match_id}")).json()
    assert on["state"] == "running"
    assert on["left_score"] + on["right_score"] == 1
    await one.end(match_id, LEFT)
    await one.match_store.store()
    over = (await pooled_client.get(f"{MATCHES}/{match_id}", headers=ALICE.headers)).json()
    assert (over["state"], over["winner"], over["forfeited_by"]) == ("finished", "right", "left")
    assert over["delay"] == 1
    assert over["ended_at"] is not None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_match_cannot_be_changed_over_http(
    pooled_client: httpx.AsyncClient, method: str
) -> None:
    answer = await pooled_client.request(method, f"{MATCHES}/{new_id()}", headers=ALICE.headers)
    assert answer.status_code == 405
