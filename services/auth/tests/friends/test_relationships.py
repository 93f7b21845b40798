"""Each change of a relationship is sent to tournament, with versions that give their order."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import msgspec
import pytest

from auth.friends.relationships import (
    ALL_RELATIONSHIPS_TOPIC,
    AllRelationships,
    relationship_topic_of,
)
from auth.friends.service import MOST_OPEN_REQUESTS
from services.auth.tests.connected_services import ConnectedServices
from services.auth.tests.people import SignedInPlayer, leave_one_request_to_ask, people
from services.auth.tests.service_under_test import PASSWORD, Auth
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.waiting import until
from transcendence_common.player_events import PlayerRelationship

FUTURE = 2**62


async def events(auth: Auth) -> list[PlayerRelationship]:
    """Return the events for tournament in the outbox, in the order in which they were entered."""
    rows = await auth.rows(
        f"SELECT payload FROM pgqueuer WHERE entrypoint = '{relationship_topic_of('tournament')}' ORDER BY id"  # noqa: S608
    )
    return [msgspec.json.decode(payload, type=PlayerRelationship) for (payload,) in rows]


def seen(event: PlayerRelationship) -> set[str]:
    """Return an event's relationships by name, independent of the order of the pair."""
    low, high = event.low_name, event.high_name
    said = {
        "friends": event.friends,
        f"{low} blocks {high}": event.low_blocks,
        f"{high} blocks {low}": event.high_blocks,
    }
    return {words for words, so in said.items() if so}


async def told(auth: Auth) -> list[set[str]]:
    return [seen(event) for event in await events(auth)]


async def befriend(one: SignedInPlayer, other: SignedInPlayer) -> None:
    await one.post(f"/friends/{other.name}")
    await other.post(f"/friends/{one.name}/accept")


async def test_the_beginning_and_end_of_a_friendship_are_sent(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await alice.post("/friends/Bob")
    assert await told(auth) == []
    await bob.post("/friends/Alice/accept")
    assert await told(auth) == [{"friends"}]
    await alice.delete("/friends/Bob")
    assert await told(auth) == [{"friends"}, set()]


async def test_a_friendship_by_mutual_requests_is_sent(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await alice.post("/friends/Bob")
    await bob.post("/friends/Alice")
    assert await told(auth) == [{"friends"}]


async def test_blocks_of_each_side_are_sent(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    await alice.put("/blocks/Bob")
    await bob.put("/blocks/Alice")
    await alice.delete("/blocks/Bob")
    await bob.delete("/blocks/Alice")
    assert await told(auth) == [
        {"friends"},
        {"Alice blocks Bob"},
        {"Alice blocks Bob", "Bob blocks Alice"},
        {"Bob blocks Alice"},
        set(),
    ]


async def test_blocks_of_a_third_player_do_not_affect_two_friends(auth: Auth) -> None:
    alice, bob, charlie = await people(auth, "Alice", "Bob", "Charlie")
    for one in (alice, bob):
        await one.put("/blocks/Charlie")
        await charlie.put(f"/blocks/{one.name}")
    await befriend(alice, bob)
    assert (await told(auth))[-1] == {"friends"}


async def test_an_action_without_effect_is_not_sent(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await alice.delete("/friends/Bob")
    await alice.delete("/blocks/Bob")
    await alice.post("/friends/Bob")
    await bob.delete("/friends/Alice")
    await bob.post("/friends/Alice/accept")
    assert await told(auth) == []
    for _ in range(2):
        await befriend(alice, bob)
    assert await told(auth) == [{"friends"}]
    for _ in range(2):
        await alice.put("/blocks/Bob")
    await bob.post("/friends/Alice")
    await alice.post("/friends/Bob/accept")
    assert await told(auth) == [{"friends"}, {"Alice blocks Bob"}]


async def test_a_refused_action_is_not_sent(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await bob.post("/friends/Alice")
    await leave_one_request_to_ask(auth, "Alice", MOST_OPEN_REQUESTS)
    await alice.post(f"/friends/p-{MOST_OPEN_REQUESTS}")
    assert (await alice.post("/friends/Nobody")).status_code == 404
    assert (await alice.put("/blocks/Alice")).status_code == 409
    assert await told(auth) == []


async def test_an_event_names_both_players_in_order(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    [event] = await events(auth)
    ids = {name: await _id_of(auth, name) for name in ("Alice", "Bob")}
    (low, low_id), (high, high_id) = sorted(ids.items(), key=lambda item: item[1])
    assert (event.low_id, event.low_name) == (low_id, low)
    assert (event.high_id, event.high_name) == (high_id, high)
    assert event.at == auth.clock.now


async def test_versions_follow_the_clock_and_increase_even_if_it_is_set_back(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    await auth.execute("UPDATE tie_versions SET latest = :future", future=FUTURE)
    for _ in range(2):
        await alice.put("/blocks/Bob")
        await alice.delete("/blocks/Bob")
    first, *others = [event.version for event in await events(auth)]
    [(now,)] = await auth.rows("SELECT extract(epoch FROM now())::bigint")
    assert abs(first // 1_000_000 - now) < 3600
    assert others == [FUTURE + 1, FUTURE + 2, FUTURE + 3, FUTURE + 4]


async def test_the_newest_of_many_parallel_events_has_the_final_state(parallel_auth: Auth) -> None:
    alice, bob = await people(parallel_auth, "Alice", "Bob")
    actions: tuple[Callable[[], Awaitable[httpx.Response]], ...] = (
        lambda: alice.put("/blocks/Bob"),
        lambda: alice.delete("/blocks/Bob"),
        lambda: bob.put("/blocks/Alice"),
        lambda: bob.delete("/blocks/Alice"),
        lambda: bob.post("/friends/Alice"),
    )
    answers = await asyncio.gather(*(action() for _ in range(10) for action in actions))
    assert {answer.status_code for answer in answers} <= {200, 204, 409}
    entered = await events(parallel_auth)
    assert len({event.version for event in entered}) == len(entered)
    rows = await parallel_auth.rows(
        "SELECT blocker.username, blocked.username FROM blocks"
        " JOIN accounts blocker ON blocker.id = blocker_id"
        " JOIN accounts blocked ON blocked.id = blocked_id"
    )
    so = {f"{blocker} blocks {blocked}" for blocker, blocked in rows}
    assert seen(max(entered, key=lambda event: event.version)) - {"friends"} == so


async def test_parallel_changes_of_pairs_cause_no_deadlock(parallel_auth: Auth) -> None:
    players = await people(parallel_auth, "Alice", "Bob", "Charlie", "Dora")
    pairs = [(one, other) for one in players for other in players if one is not other]
    async with asyncio.timeout(PATIENCE_SECONDS):
        answers = await asyncio.gather(
            *(one.put(f"/blocks/{other.name}") for one, other in pairs),
            AllRelationships(parallel_auth.db, parallel_auth.clock).send_all(b""),
        )
    assert {answer.status_code for answer in answers if answer is not None} == {204}


async def test_events_are_sent_to_tournament_and_not_to_history(
    connected: ConnectedServices,
) -> None:
    alice, bob = await people(connected.auth, "Alice", "Bob")
    connected.player_data_services["tournament"].down = True
    await alice.put("/blocks/Bob")
    connected.player_data_services["tournament"].down = False
    await until(lambda: len(connected.player_data_services["tournament"].relationships) == 1)
    [event] = connected.player_data_services["tournament"].relationships
    assert seen(event) == {"Alice blocks Bob"}
    assert connected.player_data_services["history"].relationships == []
    assert bob.name in {event.low_name, event.high_name}


async def test_a_deleted_player_has_no_relationships_to_send(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    await bob.post("/deletion", {"password": PASSWORD})
    assert await told(auth) == [{"friends"}]
    await AllRelationships(auth.db, auth.clock).send_all(b"")
    assert await told(auth) == [{"friends"}]


async def test_all_relationships_can_be_sent_again(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auth.friends.relationships.PAIRS_AT_ONCE", 2)
    alice, bob, charlie, dora = await people(auth, "Alice", "Bob", "Charlie", "Dora")
    await befriend(alice, bob)
    await alice.put("/blocks/Charlie")
    await charlie.put("/blocks/Alice")
    await dora.put("/blocks/Alice")
    await dora.post("/friends/Bob")
    before = await events(auth)
    await auth.execute("DELETE FROM pgqueuer")
    await AllRelationships(auth.db, auth.clock).send_all(b"")
    after = await events(auth)
    assert sorted(map(sorted, map(seen, after))) == [
        ["Alice blocks Charlie", "Charlie blocks Alice"],
        ["Dora blocks Alice"],
        ["friends"],
    ]
    assert min(event.version for event in after) > max(event.version for event in before)


async def test_the_job_of_sending_all_relationships_is_processed(
    connected: ConnectedServices,
) -> None:
    alice, _ = await people(connected.auth, "Alice", "Bob")
    await alice.put("/blocks/Bob")
    await connected.auth.execute(
        "INSERT INTO pgqueuer (priority, status, entrypoint) VALUES (0, 'queued', :topic)",
        topic=ALL_RELATIONSHIPS_TOPIC,
    )
    await until(lambda: len(connected.player_data_services["tournament"].relationships) == 2)


async def _id_of(auth: Auth, name: str) -> UUID:
    [(account_id,)] = await auth.rows(
        f"SELECT id FROM accounts WHERE username = '{name}'"  # noqa: S608
    )
    return UUID(str(account_id))
