"""Matches of an erased player remain without identifying the player, and no data of
the player is stored later."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from history.app import SERVICE_NAME
from history.matches.models import DELETED_PLAYER
from history.players.models import ErasedPlayer
from history.privacy import erasure
from services.history.tests.arcade import MATCHES, TICKETS, Arcade
from services.history.tests.erasing import EVENTS, erase, mentions, tombstones
from services.history.tests.online import deliver, delivered, online_match
from services.history.tests.rows import MatchRow, insert_rows, store
from tests.fixtures.cast import ADMIN, ALICE, BOB, CHARLIE, KEY, Person
from tests.fixtures.clients import refusal
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.services import service_headers
from tests.fixtures.waiting import until_transactions_wait
from transcendence_common.erased_players import begin_erasure, lock_against_erasure
from transcendence_common.ids import new_id

RACES = 12
ASKED = {"mode": "ai", "level": "easy", "points": 3}
NOTHING = {"played": 0, "won": 0, "lost": 0, "longest_rally": 0}


async def test_a_match_against_the_computer_remains_without_the_player(arcade: Arcade) -> None:
    record = await arcade.stored(ALICE)
    replay = (await arcade.get(f"{MATCHES}/{record['id']}/replay")).json()
    assert (await erase(arcade, ALICE)).status_code == 204
    nameless = {**record["left"], "player_id": None, "name": DELETED_PLAYER}
    left = await arcade.get(f"{MATCHES}/{record['id']}")
    assert left.json() == {**record, "left": nameless}
    watched = await arcade.get(f"{MATCHES}/{record['id']}/replay")
    assert watched.json() == {**replay, "record": {**record, "left": nameless}}


@pytest.mark.parametrize("path", [f"{MATCHES}/{{id}}", f"{MATCHES}/{{id}}/replay"])
async def test_a_local_match_remains_without_its_player(arcade: Arcade, *, path: str) -> None:
    record = await arcade.stored(ALICE, "local", opponent_name="Bobby")
    address = path.format(id=record["id"])
    await erase(arcade, ALICE)
    for reader in (None, ALICE, BOB, ADMIN):
        assert (await arcade.get(address, reader)).status_code == 404


async def test_no_id_name_or_typed_text_is_kept(arcade: Arcade, db: SQLAlchemyAsyncConfig) -> None:
    gone = Person("Xanthippe", KEY)
    await arcade.stored(gone)
    await arcade.stored(gone, "local", opponent_name="Socrates")
    words = (gone.id, "Xanthippe", "Socrates")
    assert len(await mentions(db, *words)) == 5
    await erase(arcade, gone)
    assert await mentions(db, *words) == []
    assert len(await mentions(db, DELETED_PLAYER)) == 2


async def test_an_online_match_remains_and_names_only_the_opponent(arcade: Arcade) -> None:
    record = await delivered(arcade, ALICE, BOB)
    await erase(arcade, ALICE)
    left = {"player_id": None, "name": DELETED_PLAYER, "kind": "player", "score": 3}
    answer = await arcade.get(f"{MATCHES}/{record['id']}")
    assert answer.json() == {**record, "left": left}
    assert len(await arcade.listed(BOB, mode="online")) == 1


async def test_ratings_and_opponents_of_the_player_are_deleted(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    gone = Person("Xanthippe", KEY)
    for left, right in ((gone, BOB), (CHARLIE, gone), (BOB, CHARLIE)):
        await delivered(arcade, left, right)
    assert len(await mentions(db, gone.id, "Xanthippe")) == 10
    path = f"/api/history/players/{BOB.id}/rating"
    kept = [(await arcade.get(address)).json() for address in (path, f"{path}/changes")]
    await erase(arcade, gone)
    assert await mentions(db, gone.id, "Xanthippe") == []
    for player, other in ((BOB, CHARLIE), (CHARLIE, BOB)):
        opponents = (await arcade.get(f"/api/history/players/{player.id}/opponents")).json()
        assert [each["name"] for each in opponents["items"]] == [other.name]
    assert [(await arcade.get(address)).json() for address in (path, f"{path}/changes")] == kept
    assert (await arcade.get(f"/api/history/players/{gone.id}/rating")).json()["rated_matches"] == 0


async def test_two_opponents_can_be_erased_in_parallel(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    circle = [Person(f"Gone{number}", KEY) for number in range(6)]
    pairs = [(left, right) for left in circle for right in circle if left.id < right.id]
    for left, right in pairs:
        await delivered(busy_arcade, left, right)
    async with asyncio.timeout(PATIENCE_SECONDS):
        answers = await asyncio.gather(*(erase(busy_arcade, person) for person in circle))
    assert {answer.status_code for answer in answers} == {204}
    assert await mentions(pooled_db, *(person.id for person in circle), "Gone") == []


async def test_a_delivery_in_parallel_with_an_erasure_stores_nothing_of_the_player(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    for race in range(RACES):
        gone = Person(f"Gone{race}", KEY)
        sent = [deliver(busy_arcade, BOB, online_match(gone, BOB)) for _ in range(4)]
        sent.insert(race % 5, erase(busy_arcade, gone))
        answers = await asyncio.gather(*sent)
        assert {answer.status_code for answer in answers} == {201, 204}
        assert await mentions(pooled_db, gone.id, gone.name) == []
    stats = (await busy_arcade.get(f"/api/history/players/{BOB.id}/stats")).json()
    assert stats["by_mode"]["online"]["played"] == 4 * RACES


async def test_lists_and_totals_are_empty_afterwards(arcade: Arcade) -> None:
    await arcade.stored(ALICE)
    await arcade.stored(ALICE, "local")
    await erase(arcade, ALICE)
    for reader in (ALICE, BOB):
        assert await arcade.listed(reader, player=ALICE.id) == []
        stats = await arcade.get(f"/api/history/players/{ALICE.id}/stats", reader)
        assert stats.json() == {"player_id": str(ALICE.id), "total": NOTHING, "by_mode": {}}


async def test_other_players_keep_everything(arcade: Arcade) -> None:
    records = [await arcade.stored(BOB), await arcade.stored(BOB, "local", opponent_name="Alice")]
    stats = (await arcade.get(f"/api/history/players/{BOB.id}/stats", BOB)).json()
    await arcade.stored(ALICE)
    await erase(arcade, ALICE)
    for record in records:
        assert (await arcade.get(f"{MATCHES}/{record['id']}", BOB)).json() == record
    assert (await arcade.get(f"/api/history/players/{BOB.id}/stats", BOB)).json() == stats


async def test_many_matches_are_anonymised_in_batches(
    arcade: Arcade, db: SQLAlchemyAsyncConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "MATCHES_PER_STATEMENT", 3)
    await store(db, *(MatchRow(ALICE.id, mode) for mode in ("ai", "local") for _ in range(5)))
    await erase(arcade, ALICE)
    assert await mentions(db, ALICE.id, "Alice") == []
    assert len(await mentions(db, DELETED_PLAYER)) == 10


async def test_a_repeated_event_changes_nothing(arcade: Arcade, db: SQLAlchemyAsyncConfig) -> None:
    await arcade.stored(ALICE)
    event = {"id": str(new_id()), "at": datetime.now(UTC).isoformat()}
    assert (await erase(arcade, ALICE, **event)).status_code == 204
    first = await _tombstone(db)
    assert (await erase(arcade, ALICE, **event)).status_code == 204
    assert await _tombstone(db) == first


async def test_another_event_about_the_same_player_changes_nothing(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    await erase(arcade, ALICE)
    first = await _tombstone(db)
    assert (await erase(arcade, ALICE)).status_code == 204
    assert await _tombstone(db) == first


async def test_a_player_without_matches_is_erased_too(arcade: Arcade) -> None:
    assert (await erase(arcade, ALICE)).status_code == 204
    await _turned_away(arcade, ALICE)


async def test_an_erased_player_gets_no_ticket_and_stores_no_match(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    await erase(arcade, ALICE)
    await _turned_away(arcade, ALICE)
    answer = await arcade.send(ALICE, ticket, inputs)
    assert refusal(answer) == (403, "player_gone")
    assert (await arcade.get(f"{MATCHES}/{arcade.claims(ticket).match_id}")).status_code == 404


async def test_a_stored_match_is_not_returned_to_an_erased_player(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    assert (await arcade.send(ALICE, ticket, inputs)).status_code == 201
    await erase(arcade, ALICE)
    answer = await arcade.send(ALICE, ticket, inputs)
    assert refusal(answer) == (403, "player_gone")


async def test_fifty_parallel_events_erase_once(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    await busy_arcade.stored(ALICE)
    same = {"id": str(new_id())}
    answers = await asyncio.gather(
        *(erase(busy_arcade, ALICE, **same) for _ in range(25)),
        *(erase(busy_arcade, ALICE) for _ in range(25)),
    )
    assert {answer.status_code for answer in answers} == {204}
    assert await tombstones(pooled_db) == 1
    assert await mentions(pooled_db, ALICE.id, "Alice") == []


async def test_parallel_submissions_store_nothing_of_an_erased_player(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    for race in range(RACES):
        gone = Person(f"Gone{race}", KEY)
        tickets = [await busy_arcade.ticket(gone) for _ in range(4)]
        logs = [busy_arcade.play(ticket) for ticket in tickets]
        sent = [busy_arcade.send(gone, *each) for each in zip(tickets, logs, strict=True)]
        asked = [
            busy_arcade.client.post(TICKETS, json=ASKED, headers=gone.headers) for _ in range(2)
        ]
        # The erasure is started among them, at a different position each time.
        sent.insert(race % 5, erase(busy_arcade, gone))
        answers = await asyncio.gather(*sent, *asked)
        assert {answer.status_code for answer in answers} <= {201, 204, 403}
        assert await mentions(pooled_db, gone.id, gone.name) == []


async def test_an_erasure_waits_for_a_match_that_is_being_stored(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    ticket = await busy_arcade.ticket(ALICE)
    inputs = busy_arcade.play(ticket)
    async with asyncio.timeout(PATIENCE_SECONDS), pooled_db.get_session() as storing:
        await lock_against_erasure(storing, ErasedPlayer, ALICE.id)
        erasing = asyncio.create_task(erase(busy_arcade, ALICE))
        await until_transactions_wait(pooled_db)
        # Others are refused meanwhile, so that they do not queue with a connection each.
        assert (await busy_arcade.send(ALICE, ticket, inputs)).status_code == 403
        await insert_rows(storing, MatchRow(ALICE.id))
        assert not erasing.done()
        await storing.commit()
        assert (await erasing).status_code == 204
    assert await mentions(pooled_db, ALICE.id, "Alice") == []
    assert len(await mentions(pooled_db, DELETED_PLAYER)) == 1


async def test_a_match_does_not_wait_for_a_running_erasure(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    ticket = await busy_arcade.ticket(ALICE)
    inputs = busy_arcade.play(ticket)
    async with asyncio.timeout(PATIENCE_SECONDS), pooled_db.get_session() as erasing:
        await _begin_erasure(erasing, ALICE)
        answer = await busy_arcade.send(ALICE, ticket, inputs)
        assert refusal(answer) == (403, "player_gone")
        await erasing.rollback()
    assert (await busy_arcade.send(ALICE, ticket, inputs)).status_code == 201


async def test_players_do_not_wait_for_each_other(
    busy_arcade: Arcade, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), pooled_db.get_session() as erasing:
        await _begin_erasure(erasing, ALICE)
        assert (await busy_arcade.stored(BOB))["left"]["name"] == "Bob"
        assert (await erase(busy_arcade, BOB)).status_code == 204
        await erasing.rollback()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "seven"},
        {"id": None},
        {"type": "player.born"},
        {"type": None},
        {"player_id": "Alice"},
        {"player_id": 7},
        {"at": "yesterday"},
        {"at": "2026-05-01T12:00:00"},
    ],
)
async def test_a_malformed_event_is_refused(
    arcade: Arcade, db: SQLAlchemyAsyncConfig, changes: dict[str, Any]
) -> None:
    answer = await erase(arcade, ALICE, **changes)
    assert refusal(answer) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == list(changes)
    assert await tombstones(db) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'"player.erased"'])
async def test_a_body_that_is_no_event_is_refused(arcade: Arcade, body: bytes) -> None:
    headers = service_headers(KEY, SERVICE_NAME)
    answer = await arcade.client.post(EVENTS, content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def _turned_away(arcade: Arcade, person: Person) -> None:
    answer = await arcade.client.post(TICKETS, json=ASKED, headers=person.headers)
    assert refusal(answer) == (403, "player_gone")


async def _begin_erasure(session: AsyncSession, person: Person) -> None:
    at = datetime.now(UTC)
    assert await begin_erasure(session, ErasedPlayer, person.id, event_id=new_id(), at=at)


async def _tombstone(db: SQLAlchemyAsyncConfig) -> tuple[Any, ...]:
    async with db.get_session() as session:
        [row] = await session.execute(text("SELECT * FROM erased_players"))
    return tuple(row)
