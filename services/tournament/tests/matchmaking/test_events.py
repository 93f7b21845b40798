"""The stream of changes to a player's games."""

import asyncio
from contextlib import AbstractAsyncContextManager

from services.tournament.tests.matchmaking.lobby import Guest, Lobby
from tests.fixtures.streams import OpenPage, open_page
from tests.fixtures.waiting import until
from tournament.matchmaking.invitations import CHALLENGE_LIFETIME
from tournament.matchmaking.maintenance import MatchmakingMaintenance
from tournament.matchmaking.matchmaker import Matchmaker
from tournament.matchmaking.open_pages import OpenPages
from tournament.matchmaking.queue import PLACE_LIFETIME
from transcendence_common.ids import new_id


def page(person: Guest) -> AbstractAsyncContextManager[OpenPage]:
    headers = person.person.headers
    return open_page(person.lobby.client, "/api/tournament/events", headers, event="games")


async def test_both_players_are_signalled_about_a_challenge_and_the_match(
    live_lobby: Lobby,
) -> None:
    alice, bob, charlie = live_lobby.guests("Alice", "Bob", "Charlie")
    await live_lobby.befriend(alice, bob)
    async with page(alice) as hers, page(bob) as his, page(charlie) as others:
        challenge = await alice.invited(bob)
        await asyncio.gather(hers.hears(2), his.hears(2))
        await bob.accept(challenge)
        await asyncio.gather(hers.hears(3), his.hears(3))
        assert others.signals == 1


async def test_both_players_are_signalled_when_a_challenge_is_declined_withdrawn_or_expired(
    live_lobby: Lobby,
) -> None:
    alice, bob = live_lobby.guests("Alice", "Bob")
    await live_lobby.befriend(alice, bob)
    await live_lobby.maintenance.maintain()
    async with page(alice) as hers, page(bob) as his:
        for heard, ends in ((2, bob), (4, alice)):
            invited = await alice.invited(bob)
            # One after another, since a slow page may receive two changes as one.
            await asyncio.gather(hers.hears(heard), his.hears(heard))
            await ends.end(invited)
            await asyncio.gather(hers.hears(heard + 1), his.hears(heard + 1))
        await alice.invited(bob)
        await asyncio.gather(hers.hears(6), his.hears(6))
        live_lobby.clock.advance(seconds=CHALLENGE_LIFETIME.total_seconds())
        await live_lobby.maintenance.maintain()
        await asyncio.gather(hers.hears(7), his.hears(7))


async def test_a_waiting_player_is_signalled_about_their_match(live_lobby: Lobby) -> None:
    alice, bob = live_lobby.guests("Alice", "Bob")
    async with page(alice) as hers:
        await alice.join()
        await hers.hears(2)
        await bob.join()
        await hers.hears(3)
        assert await alice.match() is not None


async def test_another_page_is_signalled_when_its_player_leaves_the_queue(
    live_lobby: Lobby,
) -> None:
    alice = live_lobby.guest("Alice")
    async with page(alice) as hers:
        await alice.join()
        await hers.hears(2)
        await alice.leave()
        await hers.hears(3)


async def test_actions_without_effect_are_not_signalled(live_lobby: Lobby) -> None:
    alice, bob = live_lobby.guests("Alice", "Bob")
    async with page(bob) as his:
        await bob.leave()
        await alice.invite(bob)
        await bob.join()
        await his.hears(2)


async def test_an_open_page_keeps_the_place_in_the_queue(live_lobby: Lobby) -> None:
    alice, bob = live_lobby.guests("Alice", "Bob")
    await alice.join(3)
    await bob.join(5)
    async with page(alice):
        for _ in range(6):
            live_lobby.clock.advance(seconds=5)
            await live_lobby.maintenance.maintain()
        assert await live_lobby.queued() == {alice.id}
    await until(lambda: not live_lobby.pages.player_ids)
    live_lobby.clock.advance(seconds=PLACE_LIFETIME.total_seconds() + 1)
    await live_lobby.maintenance.maintain()
    assert await live_lobby.queued() == set()


async def test_a_lost_place_is_signalled(live_lobby: Lobby) -> None:
    """By another replica, as the page's own has died."""
    alice = live_lobby.guest("Alice")
    other = MatchmakingMaintenance(live_lobby.db, OpenPages(), live_lobby.clock)
    await alice.join()
    async with page(alice) as hers:
        live_lobby.clock.advance(seconds=PLACE_LIFETIME.total_seconds() + 1)
        await other.maintain()
        await hers.hears(2)


def test_a_player_with_two_pages_is_present_until_both_are_closed() -> None:
    pages, player_id = OpenPages(), new_id()
    with pages.count_open_page(player_id):
        with pages.count_open_page(player_id):
            pass
        assert set(pages.player_ids) == {player_id}
    assert set(pages.player_ids) == set()


async def test_two_pages_at_two_replicas_lead_to_one_match(live_lobby: Lobby) -> None:
    alice, bob = live_lobby.guests("Alice", "Bob")
    other = Matchmaker(live_lobby.db, live_lobby.clock)
    async with page(alice) as hers, page(bob) as his:
        await asyncio.gather(
            alice.join(), bob.join(), other.pair_waiting_players(), other.pair_waiting_players()
        )
        await other.pair_waiting_players()
        await until(lambda: hers.signals >= 3 and his.signals >= 3)
    assert len(await live_lobby.matches()) == 1
