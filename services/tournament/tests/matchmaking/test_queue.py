"""Waiting for an opponent."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from services.tournament.tests.matchmaking.lobby import Lobby
from tests.fixtures.clients import client_of, refusal
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.waiting import until_transactions_wait
from tournament.activity import Activity
from tournament.matchmaking.maintenance import matchmaking_lifespans
from tournament.matchmaking.queue import PLACE_LIFETIME
from tournament.wiring import work_exists_at

AWHILE = PLACE_LIFETIME.total_seconds() + 1


async def test_joining_puts_a_player_into_the_queue(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    joined = await alice.join(7)
    assert joined.status_code == 200
    assert joined.json() == {
        "state": "waiting",
        "points": 7,
        "rated": True,
        "rating": 1500,
        "deviation": 350,
        "provisional": True,
        "since": lobby.clock().isoformat().replace("+00:00", "Z"),
        "reach": 450,
    }
    assert (await alice.look()).json() == joined.json()


async def test_the_range_widens_until_any_opponent_is_accepted(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    await alice.join()
    reaches = []
    for _ in range(4):
        lobby.clock.advance(seconds=15)
        reaches.append((await alice.look()).json()["reach"])
    assert reaches == [600, 750, 900, None]


async def test_a_second_player_is_paired_at_once(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await alice.join(3, rated=False)
    await bob.join(3, rated=False)
    [match] = await lobby.matches()
    assert {match.left_name, match.right_name} == {"Alice", "Bob"}
    assert (match.points, match.rated, match.origin) == (3, False, "queue")
    assert await alice.match() == await bob.match() == str(match.id)
    for person in (alice, bob):
        assert refusal(await person.look()) == (404, "not_queued")


@pytest.mark.parametrize(("points", "rated"), [(5, False), (7, True)])
async def test_players_with_different_wishes_are_not_paired(
    lobby: Lobby, points: int, rated: bool
) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await alice.join(5, rated=True)
    await bob.join(points, rated=rated)
    assert await lobby.matches() == []
    await bob.join(5, rated=True)
    assert await lobby.pairs() == {frozenset((alice.id, bob.id))}


async def test_joining_again_keeps_the_place_and_a_changed_wish_starts_again(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    since = (await alice.join()).json()["since"]
    lobby.clock.advance(seconds=10)
    assert (await alice.join()).json()["since"] == since
    changed = (await alice.join(11)).json()
    assert (changed["points"], changed["reach"]) == (11, 450)
    assert changed["since"] > since


async def test_a_place_without_signs_of_life_is_lost(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await alice.join()
    lobby.clock.advance(seconds=AWHILE)
    assert refusal(await alice.look()) == (404, "not_queued")
    await bob.join()
    assert await lobby.matches() == []
    await lobby.maintenance.maintain()
    assert await lobby.queued() == {bob.id}


async def test_reading_the_place_keeps_it(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    await alice.join()
    for _ in range(5):
        lobby.clock.advance(seconds=AWHILE - 2)
        assert (await alice.look()).status_code == 200
        await lobby.maintenance.maintain()


async def test_joining_after_an_absence_starts_waiting_again(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    since = (await alice.join()).json()["since"]
    lobby.clock.advance(seconds=AWHILE)
    assert (await alice.join()).json()["since"] > since


async def test_a_player_who_has_left_is_not_paired(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await alice.join()
    for _ in range(2):
        assert (await alice.leave()).status_code == 204
    assert refusal(await alice.look()) == (404, "not_queued")
    await bob.join()
    assert await lobby.matches() == []


async def test_a_player_in_a_match_cannot_join_and_is_told_the_match(lobby: Lobby) -> None:
    alice, bob, charlie = lobby.guests("Alice", "Bob", "Charlie")
    match_id = await lobby.seat(alice, bob)
    refused = await alice.join()
    assert refusal(refused) == (409, "already_playing")
    assert refused.json()["match_id"] == str(match_id)
    await charlie.join()
    assert len(await lobby.matches()) == 1


@pytest.mark.parametrize("blocker", ["Alice", "Bob"])
async def test_players_are_not_paired_across_blocks(lobby: Lobby, blocker: str) -> None:
    alice, bob, charlie = lobby.guests("Alice", "Bob", "Charlie")
    await lobby.block(*((alice, bob) if blocker == "Alice" else (bob, alice)))
    await alice.join()
    await bob.join()
    lobby.clock.advance(seconds=15)
    await lobby.matchmaker.pair_waiting_players()
    assert await lobby.matches() == []
    await charlie.join()
    assert await lobby.pairs() == {frozenset((alice.id, charlie.id))}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"points": 4, "rated": True}, "invalid"),
        ({"points": "five", "rated": True}, "invalid"),
        ({"points": 5}, "invalid"),
        ({"rated": True}, "invalid"),
        ({"points": 5, "rated": "yes"}, "invalid"),
        ([], "malformed"),
        (7, "malformed"),
    ],
)
async def test_a_malformed_wish_is_refused(lobby: Lobby, body: object, code: str) -> None:
    alice = lobby.guest("Alice")
    assert refusal(await alice.ask("PUT", "/queue", body)) == (400, code)
    assert await lobby.queued() == set()


async def test_a_deleted_account_loses_its_place_and_cannot_join(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await alice.join()
    await lobby.erase(alice)
    assert await lobby.queued() == set()
    assert refusal(await alice.join()) == (403, "player_gone")
    await bob.join()
    assert await lobby.matches() == []


async def test_the_place_of_a_player_in_a_match_is_removed(lobby: Lobby) -> None:
    """As if the match had been created at the moment of joining."""
    alice, bob, charlie = lobby.guests("Alice", "Bob", "Charlie")
    await alice.join()
    await lobby.seat(alice, bob)
    assert refusal(await alice.look()) == (404, "not_queued")
    await charlie.join()
    assert len(await lobby.matches()) == 1
    await lobby.maintenance.maintain()
    assert await lobby.queued() == {charlie.id}


async def test_fifty_parallel_requests_create_one_place(busy_lobby: Lobby) -> None:
    alice = busy_lobby.guest("Alice")
    answers = await asyncio.gather(*(alice.join() for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert await busy_lobby.queued() == {alice.id}
    assert await busy_lobby.matches() == []


async def test_twenty_players_who_join_in_parallel_make_ten_pairs(busy_lobby: Lobby) -> None:
    guests = [busy_lobby.guest(f"P{number}") for number in range(20)]
    answers = await asyncio.gather(*(guest.join() for guest in guests))
    assert {answer.status_code for answer in answers} == {200}
    await busy_lobby.matchmaker.pair_waiting_players()
    assert len(await busy_lobby.pairs()) == 10
    assert sorted(await busy_lobby.seated()) == sorted(guest.id for guest in guests)
    assert await busy_lobby.queued() == set()


async def test_parallel_matchmakers_and_leaving_players_create_no_pair_twice(
    busy_lobby: Lobby,
) -> None:
    guests = [busy_lobby.guest(f"P{number}") for number in range(40)]
    await _fill(busy_lobby, [guest.id for guest in guests])
    async with asyncio.TaskGroup() as rush:
        for guest in guests[::3]:
            rush.create_task(guest.leave())
        for _ in range(4):
            rush.create_task(busy_lobby.matchmaker.pair_waiting_players())
        for guest in guests[1::3]:
            rush.create_task(guest.join(5))
        for _ in range(4):
            rush.create_task(busy_lobby.matchmaker.pair_waiting_players())
    for _ in range(3):
        await busy_lobby.matchmaker.pair_waiting_players()
    matches = await busy_lobby.matches()
    players = [each for match in matches for each in (match.left_id, match.right_id)]
    assert len(players) == len(set(players))
    assert sorted(players) == sorted(await busy_lobby.seated())
    assert len(await busy_lobby.queued() - set(players)) <= 1
    for guest in guests[2::3]:
        assert guest.id in players or guest.id in await busy_lobby.queued()


async def _fill(lobby: Lobby, ids: list[UUID]) -> None:
    for player_id in ids:
        await lobby.execute(
            "INSERT INTO queue_entries VALUES (:id, 'P', 5, true, 1500, 50, :now, :until)",
            id=player_id,
            now=lobby.clock(),
            until=lobby.clock() + timedelta(seconds=20),
        )


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM queue_entries WHERE player_id = :id",
        "UPDATE queue_entries SET points = 21, joined_at = :now WHERE player_id = :id",
    ],
)
async def test_a_player_who_leaves_or_changes_the_wish_at_the_last_moment_is_not_paired(
    busy_lobby: Lobby, change: str
) -> None:
    alice, bob = busy_lobby.guests("Alice", "Bob")
    await _fill(busy_lobby, [alice.id, bob.id])
    busy_lobby.clock.advance(seconds=1)
    async with busy_lobby.db.get_session() as session, session.begin():
        await session.execute(text(change), {"id": alice.id, "now": busy_lobby.clock()})
        pairing = asyncio.create_task(busy_lobby.matchmaker.pair_waiting_players())
        await until_transactions_wait(busy_lobby.db)
    await pairing
    assert await busy_lobby.matches() == []
    assert bob.id in await busy_lobby.queued()


async def test_leaving_wins_over_parallel_signs_of_life(busy_lobby: Lobby) -> None:
    alice = busy_lobby.guest("Alice")
    for _ in range(5):
        await alice.join()
        answers = await asyncio.gather(
            *(alice.look() for _ in range(8)), alice.leave(), *(alice.look() for _ in range(8))
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 404}
        assert await busy_lobby.queued() == set()


async def test_waiting_players_are_paired_without_new_arrivals(busy_lobby: Lobby) -> None:
    alice, bob = busy_lobby.guests("Alice", "Bob")
    await alice.join()
    await busy_lobby.execute("UPDATE queue_entries SET rating = 2500")
    await bob.join()
    assert await busy_lobby.matches() == []
    # Both have waited for a minute, and their pages have kept their places.
    await busy_lobby.execute("UPDATE queue_entries SET joined_at = joined_at - interval '1 minute'")
    activity = Activity(busy_lobby.db, busy_lobby.clock, work_exists_at)
    repeated = matchmaking_lifespans(busy_lobby.maintenance, busy_lobby.matchmaker, activity)
    async with client_of(Litestar(lifespan=[*repeated])), asyncio.timeout(PATIENCE_SECONDS):
        while not await busy_lobby.matches():  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)


async def test_waiting_players_and_pairs_are_counted(lobby: Lobby) -> None:
    alice, bob, charlie = lobby.guests("Alice", "Bob", "Charlie")
    before = await _number(lobby, "tournament_queue_pairs_total")
    await alice.join()
    await lobby.maintenance.maintain()
    assert await _number(lobby, "tournament_queue_waiting") == 1
    await bob.join()
    await charlie.join(21)
    await lobby.maintenance.maintain()
    assert await _number(lobby, "tournament_queue_waiting") == 1
    assert await _number(lobby, "tournament_queue_pairs_total") == before + 1


async def test_the_longest_waiting_time_is_a_metric(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await lobby.maintenance.maintain()
    assert await _number(lobby, "tournament_queue_longest_wait_seconds") == 0
    await alice.join(3)
    lobby.clock.advance(seconds=12)
    await bob.join(21)
    await lobby.maintenance.maintain()
    assert await _number(lobby, "tournament_queue_longest_wait_seconds") == 12
    await alice.leave()
    await lobby.maintenance.maintain()
    assert await _number(lobby, "tournament_queue_longest_wait_seconds") == 0


async def _number(lobby: Lobby, name: str) -> float:
    lines = (await lobby.client.get("/metrics")).text.splitlines()
    [value] = [line.split()[1] for line in lines if line.startswith(f"{name} ")]
    return float(value)
