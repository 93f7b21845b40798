import asyncio
from typing import Any

from auth.friends.service import MOST_OPEN_REQUESTS
from services.auth.tests.people import SignedInPlayer, leave_one_request_to_ask, people
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clients import refusal

LISTS = ("friends", "incoming", "outgoing", "blocked")


async def lists(person: SignedInPlayer) -> dict[str, list[str]]:
    """Return the names in each of a player's lists, without empty lists."""
    answer = await person.get("/friends")
    assert answer.status_code == 200
    found: dict[str, list[dict[str, Any]]] = answer.json()
    assert set(found) == set(LISTS)
    names = {
        kind: [each["person"]["username"] for each in relationships]
        for kind, relationships in found.items()
    }
    return {kind: relationships for kind, relationships in names.items() if relationships}


async def befriend(one: SignedInPlayer, other: SignedInPlayer) -> None:
    await one.post(f"/friends/{other.name}")
    await other.post(f"/friends/{one.name}/accept")


async def test_a_request_is_seen_by_both_and_can_be_accepted(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    asked = await alice.post("/friends/bob")
    assert (asked.status_code, asked.json()) == (200, {"relation": "outgoing"})
    assert await lists(alice) == {"outgoing": ["Bob"]}
    assert await lists(bob) == {"incoming": ["Alice"]}
    accepted = await bob.post("/friends/Alice/accept")
    assert (accepted.status_code, accepted.json()) == (200, {"relation": "friends"})
    assert await lists(alice) == {"friends": ["Bob"]}
    assert await lists(bob) == {"friends": ["Alice"]}


async def test_a_list_shows_public_data_only(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    [friend] = (await alice.get("/friends")).json()["friends"]
    assert set(friend) == {"person", "since", "online"}
    assert set(friend["person"]) == {"id", "username", "display_name", "avatar"}


async def test_requesting_a_requester_accepts(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await alice.post("/friends/Bob")
    assert (await bob.post("/friends/Alice")).json() == {"relation": "friends"}
    assert await lists(alice) == {"friends": ["Bob"]}


async def test_repeated_requests_change_nothing(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    for _ in range(2):
        assert (await alice.post("/friends/Bob")).json() == {"relation": "outgoing"}
    for _ in range(2):
        assert (await bob.post("/friends/Alice/accept")).json() == {"relation": "friends"}
    assert (await alice.post("/friends/Bob")).json() == {"relation": "friends"}
    for _ in range(2):
        assert (await alice.delete("/friends/Bob")).status_code == 204
    assert await lists(bob) == {}


async def test_a_player_cannot_accept_their_own_request(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await alice.post("/friends/Bob")
    answer = await alice.post("/friends/Bob/accept")
    assert refusal(answer) == (404, "no_such_request")
    assert await lists(bob) == {"incoming": ["Alice"]}


async def test_a_request_can_be_declined_or_withdrawn(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    for remover, other in ((bob, alice), (alice, bob)):
        await alice.post("/friends/Bob")
        assert (await remover.delete(f"/friends/{other.name}")).status_code == 204
        assert await lists(alice) == await lists(bob) == {}


async def test_a_blocked_player_is_removed_without_being_told(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    for _ in range(2):
        assert (await alice.put("/blocks/Bob")).status_code == 204
    assert await lists(alice) == {"blocked": ["Bob"]}
    assert await lists(bob) == {}
    for _ in range(2):
        assert (await bob.post("/friends/Alice")).json() == {"relation": "outgoing"}
    assert await lists(bob) == {"outgoing": ["Alice"]}
    assert await lists(alice) == {"blocked": ["Bob"]}
    refused = await alice.post("/friends/Bob/accept")
    assert refused.json()["code"] == "no_such_request"


async def test_a_blocker_can_send_a_request_only_after_unblocking(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await alice.put("/blocks/Bob")
    refused = await alice.post("/friends/Bob")
    assert refusal(refused) == (409, "blocked_by_you")
    for _ in range(2):
        assert (await alice.delete("/blocks/Bob")).status_code == 204
    assert (await alice.post("/friends/Bob")).json() == {"relation": "outgoing"}
    assert await lists(bob) == {"incoming": ["Alice"]}


async def test_an_invalid_name_belongs_to_no_player(auth: Auth) -> None:
    [alice] = await people(auth, "Alice")
    for name in ("%00", "a%00b", "%E2%80%AE", "x" * 2000, "%3Cscript%3E", "."):
        answer = await alice.put(f"/blocks/{name}")
        assert answer.status_code in {400, 404}, name
        assert answer.headers["content-type"] == "application/problem+json"


async def test_open_requests_are_limited(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await leave_one_request_to_ask(auth, "Alice", MOST_OPEN_REQUESTS)
    assert (await alice.post(f"/friends/p-{MOST_OPEN_REQUESTS}")).status_code == 200
    refused = await alice.post("/friends/Bob")
    assert refusal(refused) == (409, "too_many_requests_open")
    assert await lists(bob) == {}
    assert (await alice.post("/friends/p-1")).status_code == 200
    await alice.delete("/friends/p-1")
    assert (await alice.post("/friends/Bob")).status_code == 200


async def test_fifty_requests_from_both_sides_are_one_friendship(parallel_auth: Auth) -> None:
    alice, bob = await people(parallel_auth, "Alice", "Bob")
    answers = await asyncio.gather(
        *(alice.post("/friends/Bob") for _ in range(25)),
        *(bob.post("/friends/Alice") for _ in range(25)),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await parallel_auth.rows("SELECT count(*) FROM friendships") == [(1,)]
    assert await lists(alice) == {"friends": ["Bob"]}


async def test_block_among_fifty_requests_ends_them_all(parallel_auth: Auth) -> None:
    alice, bob = await people(parallel_auth, "Alice", "Bob")
    await bob.post("/friends/Alice")
    await asyncio.gather(
        *(bob.post("/friends/Alice") for _ in range(20)),
        alice.put("/blocks/Bob"),
        *(alice.post("/friends/Bob/accept") for _ in range(20)),
    )
    assert await lists(alice) == {"blocked": ["Bob"]}
    assert "friends" not in await lists(bob)


async def test_a_deleted_player_is_removed_from_lists_of_friends(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await befriend(alice, bob)
    await auth.execute("DELETE FROM accounts WHERE username = 'Bob'")
    assert await lists(alice) == {}


async def test_the_database_stores_pairs_in_order(auth: Auth) -> None:
    alice, _ = await people(auth, "Alice", "Bob")
    await alice.post("/friends/Bob")
    [(ordered,)] = await auth.rows("SELECT low_id < high_id FROM friendships")
    assert ordered
