"""Friends and blocks, from auth's events in any order."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text

from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.cast import ALICE, BOB, CHARLIE, KEY, Person, SigningKey
from tests.fixtures.clients import refusal
from tests.fixtures.services import (
    players_tied,
    service_headers,
    tell_erased,
)
from tests.fixtures.waiting import until_transactions_wait
from tournament.app import SERVICE_NAME
from tournament.players import relationships
from tournament.players.models import Relationship

TIES = "/internal/player-ties"


async def test_friendship_holds_for_both_players(hall: Hall) -> None:
    await _tell(hall, ALICE, BOB, friends=True)
    async with hall.db.get_session() as session:
        assert await relationships.are_friends(session, ALICE.id, BOB.id)
        assert await relationships.are_friends(session, BOB.id, ALICE.id)
        assert not await relationships.are_friends(session, ALICE.id, CHARLIE.id)
        assert await relationships.may_meet(session, ALICE.id, BOB.id)
        assert await relationships.friends_of(session, ALICE.id) == [(BOB.id, "Bob")]
        assert await relationships.friends_of(session, BOB.id) == [(ALICE.id, "Alice")]
        assert await relationships.friends_of(session, CHARLIE.id) == []


@pytest.mark.parametrize("blocks", ["low_blocks", "high_blocks"])
async def test_players_are_not_paired_across_blocks(hall: Hall, blocks: str) -> None:
    alice, bob, charlie = (Person(name, KEY) for name in ("Alice", "Bob", "Charlie"))
    await _tell(hall, alice, bob, **{blocks: True})
    await _tell(hall, alice, charlie, friends=True)
    everybody = [alice.id, bob.id, charlie.id]
    async with hall.db.get_session() as session:
        assert not await relationships.may_meet(session, alice.id, bob.id)
        assert not await relationships.may_meet(session, bob.id, alice.id)
        assert await relationships.may_meet(session, alice.id, charlie.id)
        assert await relationships.may_meet(session, bob.id, charlie.id)
        assert not await relationships.are_friends(session, alice.id, bob.id)
        assert await relationships.blocked_pairs(session, everybody) == {_pair(alice, bob)}
        assert await relationships.blocked_pairs(session, [alice.id, charlie.id]) == set()
        assert await relationships.blocked_pairs(session, []) == set()


async def test_friends_are_listed_by_name(hall: Hall) -> None:
    names = ["Dora", "Bob", "Emil", "Charlie"]
    for name in names:
        await _tell(hall, ALICE, Person(name, KEY), friends=True)
    async with hall.db.get_session() as session:
        found = await relationships.friends_of(session, ALICE.id)
    assert [name for _, name in found] == sorted(names)


async def test_the_newest_event_counts_in_any_order_of_arrival(hall: Hall) -> None:
    events = [
        players_tied(ALICE, BOB, version=1, friends=True),
        players_tied(ALICE, BOB, version=2, low_blocks=True),
        players_tied(ALICE, BOB, version=3, low_blocks=True, high_blocks=True),
        players_tied(ALICE, BOB, version=4, high_blocks=True),
    ]
    for number in (2, 0, 2, 3, 1, 0, 3, 2):
        assert (await _post(hall, ALICE.key, events[number])).status_code == 204
    [tie] = await _relationships(hall)
    assert (tie.version, tie.friends, tie.low_blocks, tie.high_blocks) == (4, False, False, True)


async def test_an_old_event_does_not_restore_an_ended_friendship(hall: Hall) -> None:
    await _tell(hall, ALICE, BOB, version=2)
    await _tell(hall, ALICE, BOB, version=1, friends=True)
    async with hall.db.get_session() as session:
        assert await relationships.friends_of(session, ALICE.id) == []


async def test_fifty_parallel_events_leave_the_newest(busy_hall: Hall) -> None:
    events = [players_tied(ALICE, BOB, version=n, friends=n % 2 == 1) for n in range(50)]
    answers = await asyncio.gather(*(_post(busy_hall, ALICE.key, event) for event in events))
    assert {answer.status_code for answer in answers} == {204}
    [tie] = await _relationships(busy_hall)
    assert (tie.version, tie.friends) == (49, True)


async def test_an_erased_player_has_no_relationships_and_gets_none(hall: Hall) -> None:
    await _tell(hall, ALICE, BOB, friends=True)
    await _tell(hall, BOB, CHARLIE, low_blocks=True)
    await _tell(hall, ALICE, CHARLIE, friends=True)
    await tell_erased(hall.client, BOB, SERVICE_NAME)
    assert [(tie.low_id, tie.high_id) for tie in await _relationships(hall)] == [
        _pair(ALICE, CHARLIE)
    ]
    for other in (ALICE, CHARLIE):
        assert (await _tell(hall, BOB, other, version=9)).status_code == 204
    assert len(await _relationships(hall)) == 1


async def test_parallel_events_and_erasures_leave_no_relationship(busy_hall: Hall) -> None:
    everybody = [Person(f"P{n}", KEY) for n in range(5)]
    pairs = [(one, other) for one in everybody for other in everybody if one.id < other.id]
    told = [_tell(busy_hall, *pair, version=n) for n in range(3) for pair in pairs]
    erased = [tell_erased(busy_hall.client, person, SERVICE_NAME) for person in everybody]
    answers = await asyncio.gather(*told[:15], *erased, *told[15:])
    assert {answer.status_code for answer in answers} == {204}
    assert await _relationships(busy_hall) == []


async def test_an_erasure_waits_for_a_relationship_that_is_being_stored(busy_hall: Hall) -> None:
    """The relationship would otherwise be stored in parallel, and remain."""
    await _tell(busy_hall, ALICE, BOB, friends=True)
    async with busy_hall.db.get_session() as session:
        await session.execute(text("SELECT FROM ties FOR UPDATE"))
        tie = asyncio.create_task(_tell(busy_hall, ALICE, BOB, version=2))
        await until_transactions_wait(busy_hall.db, 1)
        erasure = asyncio.create_task(tell_erased(busy_hall.client, BOB, SERVICE_NAME))
        await until_transactions_wait(busy_hall.db, 2)
        await session.commit()
        assert ((await tie).status_code, (await erasure).status_code) == (204, 204)
    assert await _relationships(busy_hall) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "seven"},
        {"type": "player.erased"},
        {"low_id": "alice"},
        {"low_name": ""},
        {"high_name": "x" * 65},
        {"friends": "yes"},
        {"low_blocks": None},
        {"version": -1},
        {"version": 2**63},
        {"version": "one"},
        {"at": "2026-01-01T00:00:00"},
    ],
)
async def test_a_malformed_event_is_refused(hall: Hall, changes: dict[str, Any]) -> None:
    answer = await _post(hall, ALICE.key, players_tied(ALICE, BOB) | changes)
    assert refusal(answer) == (400, "invalid")
    assert await _relationships(hall) == []


async def test_an_invalid_or_unordered_pair_is_refused(hall: Hall) -> None:
    low, high = _pair(ALICE, BOB)
    for first, second in ((high, low), (low, low)):
        changed = {"low_id": str(first), "high_id": str(second)}
        answer = await _post(hall, ALICE.key, players_tied(ALICE, BOB) | changed)
        assert refusal(answer) == (400, "malformed")
    broken = await hall.client.post(
        TIES, content=b"{", headers=service_headers(ALICE.key, SERVICE_NAME)
    )
    assert refusal(broken) == (400, "malformed")
    assert await _relationships(hall) == []


async def _tell(hall: Hall, one: Person, other: Person, **changes: object) -> httpx.Response:
    return await _post(hall, one.key, players_tied(one, other, **changes))


async def _post(hall: Hall, key: SigningKey, event: dict[str, object]) -> httpx.Response:
    return await hall.client.post(TIES, json=event, headers=service_headers(key, SERVICE_NAME))


async def _relationships(hall: Hall) -> list[Relationship]:
    async with hall.db.get_session() as session:
        return list(await session.scalars(select(Relationship)))


def _pair(one: Person, other: Person) -> tuple[UUID, UUID]:
    low, high = sorted((one.id, other.id))
    return low, high
