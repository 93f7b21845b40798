"""tournament knows who is whose friend and who must not meet: by what auth tells, in whatever order it comes."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import select, text

from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.services import (
    NO_SERVICE_IN_SHORT,
    player_erased,
    players_tied,
    service_headers,
)
from tournament.app import NAME
from tournament.players import ties
from tournament.players.models import Tie

TIES = "/internal/player-ties"
EVENTS = "/internal/player-events"


async def test_friends_are_friends_from_both_sides(
    client: httpx.AsyncClient,
    db: SQLAlchemyAsyncConfig,
    alice: Person,
    bob: Person,
    charlie: Person,
) -> None:
    await _tell(client, alice, bob, friends=True)
    async with db.get_session() as session:
        assert await ties.are_friends(session, alice.id, bob.id)
        assert await ties.are_friends(session, bob.id, alice.id)
        assert not await ties.are_friends(session, alice.id, charlie.id)
        assert await ties.may_meet(session, alice.id, bob.id)
        assert await ties.friends_of(session, alice.id) == [(bob.id, "Bob")]
        assert await ties.friends_of(session, bob.id) == [(alice.id, "Alice")]
        assert await ties.friends_of(session, charlie.id) == []


@pytest.mark.parametrize("blocks", ["low_blocks", "high_blocks"])
async def test_neither_meets_whom_they_block_or_who_blocks_them(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, signing_key: SigningKey, blocks: str
) -> None:
    alice, bob, charlie = (Person(name, signing_key) for name in ("Alice", "Bob", "Charlie"))
    await _tell(client, alice, bob, **{blocks: True})
    await _tell(client, alice, charlie, friends=True)
    everybody = [alice.id, bob.id, charlie.id]
    async with db.get_session() as session:
        assert not await ties.may_meet(session, alice.id, bob.id)
        assert not await ties.may_meet(session, bob.id, alice.id)
        assert await ties.may_meet(session, alice.id, charlie.id)
        assert await ties.may_meet(session, bob.id, charlie.id)
        assert not await ties.are_friends(session, alice.id, bob.id)
        assert await ties.blocked_pairs(session, everybody) == {_pair(alice, bob)}
        assert await ties.blocked_pairs(session, [alice.id, charlie.id]) == set()
        assert await ties.blocked_pairs(session, []) == set()


async def test_friends_are_listed_by_name(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, signing_key: SigningKey, alice: Person
) -> None:
    names = ["Dora", "Bob", "Emil", "Charlie"]
    for name in names:
        await _tell(client, alice, Person(name, signing_key), friends=True)
    async with db.get_session() as session:
        found = await ties.friends_of(session, alice.id)
    assert [name for _, name in found] == sorted(names)


async def test_newest_counts_in_whatever_order_they_come(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    events = [
        players_tied(alice, bob, version=1, friends=True),
        players_tied(alice, bob, version=2, low_blocks=True),
        players_tied(alice, bob, version=3, low_blocks=True, high_blocks=True),
        players_tied(alice, bob, version=4, high_blocks=True),
    ]
    for number in (2, 0, 2, 3, 1, 0, 3, 2):
        assert (await _post(client, alice.key, events[number])).status_code == 204
    [tie] = await _ties(db)
    assert (tie.version, tie.friends, tie.low_blocks, tie.high_blocks) == (4, False, False, True)


async def test_late_friendship_does_not_come_back_once_it_is_over(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    await _tell(client, alice, bob, version=2)
    await _tell(client, alice, bob, version=1, friends=True)
    async with db.get_session() as session:
        assert await ties.friends_of(session, alice.id) == []


async def test_fifty_events_at_once_leave_the_newest(
    pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    events = [players_tied(alice, bob, version=n, friends=n % 2 == 1) for n in range(50)]
    answers = await asyncio.gather(*(_post(pooled_client, alice.key, event) for event in events))
    assert {answer.status_code for answer in answers} == {204}
    [tie] = await _ties(pooled_db)
    assert (tie.version, tie.friends) == (49, True)


async def test_erased_player_has_no_ties_and_gets_none(
    client: httpx.AsyncClient,
    db: SQLAlchemyAsyncConfig,
    alice: Person,
    bob: Person,
    charlie: Person,
) -> None:
    await _tell(client, alice, bob, friends=True)
    await _tell(client, bob, charlie, low_blocks=True)
    await _tell(client, alice, charlie, friends=True)
    await _erase(client, bob)
    assert [(tie.low_id, tie.high_id) for tie in await _ties(db)] == [_pair(alice, charlie)]
    for other in (alice, charlie):
        assert (await _tell(client, bob, other, version=9)).status_code == 204
    assert len(await _ties(db)) == 1


async def test_ties_and_the_end_of_all_who_have_them_at_once_leave_nothing(
    pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> None:
    everybody = [Person(f"P{n}", signing_key) for n in range(5)]
    pairs = [(one, other) for one in everybody for other in everybody if one.id < other.id]
    told = [_tell(pooled_client, *pair, version=n) for n in range(3) for pair in pairs]
    erased = [_erase(pooled_client, person) for person in everybody]
    answers = await asyncio.gather(*told[:15], *erased, *told[15:])
    assert {answer.status_code for answer in answers} == {204}
    assert await _ties(pooled_db) == []


async def test_erasure_waits_for_a_tie_that_is_being_kept(
    pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    """Or the tie would be written beside it, and stay."""
    await _tell(pooled_client, alice, bob, friends=True)
    async with pooled_db.get_session() as session:
        await session.execute(text("SELECT FROM ties FOR UPDATE"))
        tie = asyncio.create_task(_tell(pooled_client, alice, bob, version=2))
        await _until_waiting(pooled_db, 1)
        erasure = asyncio.create_task(_erase(pooled_client, bob))
        await _until_waiting(pooled_db, 2)
        await session.commit()
        assert ((await tie).status_code, (await erasure).status_code) == (204, 204)
    assert await _ties(pooled_db) == []


async def test_only_a_service_is_listened_to(
    client: httpx.AsyncClient,
    db: SQLAlchemyAsyncConfig,
    alice: Person,
    bob: Person,
    subtests: pytest.Subtests,
) -> None:
    for token, show in NO_SERVICE_IN_SHORT.items():
        with subtests.test(token):
            answer = await client.post(
                TIES, json=players_tied(alice, bob), headers=show(alice, NAME)
            )
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
            assert await _ties(db) == []


async def test_of_services_only_auth_is(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    headers = service_headers(alice.key, NAME, sub="service:history")
    for answer in (
        await client.post(TIES, json=players_tied(alice, bob), headers=headers),
        await client.post(EVENTS, json=player_erased(alice.id), headers=headers),
        await client.get(f"/internal/players/{alice.id}/export", headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_service")
    assert await _ties(db) == []


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
async def test_event_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient,
    db: SQLAlchemyAsyncConfig,
    alice: Person,
    bob: Person,
    changes: dict[str, Any],
) -> None:
    answer = await _post(client, alice.key, players_tied(alice, bob) | changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert await _ties(db) == []


async def test_pair_that_is_none_or_not_in_order_is_refused(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    low, high = _pair(alice, bob)
    for first, second in ((high, low), (low, low)):
        changed = {"low_id": str(first), "high_id": str(second)}
        answer = await _post(client, alice.key, players_tied(alice, bob) | changed)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    broken = await client.post(TIES, content=b"{", headers=service_headers(alice.key, NAME))
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
    assert await _ties(db) == []


async def _tell(
    client: httpx.AsyncClient, one: Person, other: Person, **changes: object
) -> httpx.Response:
    return await _post(client, one.key, players_tied(one, other, **changes))


async def _erase(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    headers = service_headers(person.key, NAME)
    return await client.post(EVENTS, json=player_erased(person.id), headers=headers)


async def _post(
    client: httpx.AsyncClient, key: SigningKey, event: dict[str, object]
) -> httpx.Response:
    return await client.post(TIES, json=event, headers=service_headers(key, NAME))


async def _ties(db: SQLAlchemyAsyncConfig) -> list[Tie]:
    async with db.get_session() as session:
        return list(await session.scalars(select(Tie)))


async def _until_waiting(db: SQLAlchemyAsyncConfig, count: int) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    async def are_waiting() -> bool:
        # A transaction sees one picture of who is active.
        async with db.get_session() as session:
            return bool(await session.scalar(waiting) == count)

    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await are_waiting():  # noqa: ASYNC110 - it is the database that knows
            await asyncio.sleep(0.01)


def _pair(one: Person, other: Person) -> tuple[UUID, UUID]:
    low, high = sorted((one.id, other.id))
    return low, high
