"""Log lines of the queue and invitations."""

from services.tournament.tests.matchmaking.lobby import Lobby
from tests.fixtures.ecs import faults
from tests.fixtures.log_lines import log_lines
from tournament.matchmaking.queue import PLACE_LIFETIME


async def test_a_pair_of_the_queue_is_logged_with_its_match_and_players(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    with log_lines() as lines:
        await alice.join(7, rated=False)
        await bob.join(7, rated=False)
        await lobby.matchmaker.pair_waiting_players()
    [match] = await lobby.matches()
    assert lines.of_match(match.id) == ["match-made", "players-paired"]
    for line in lines.of("match-made", "players-paired"):
        assert set(line["related.user"]) == {str(alice.id), str(bob.id)}
    assert [
        (line["user.id"], line["labels.rated"], line["transcendence.points"])
        for line in lines.of("queue-joined")
    ] == [(str(each.id), "false", 7) for each in (alice, bob)]
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_a_player_removed_from_the_queue_is_logged(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    await alice.join()
    lobby.clock.advance(seconds=PLACE_LIFETIME.total_seconds() + 1)
    with log_lines() as lines:
        for _ in range(2):
            await lobby.maintenance.maintain()
    assert [line["related.user"] for line in lines.of("queue-swept")] == [[str(alice.id)]]


async def test_a_change_of_an_invitation_is_logged_with_both_players(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await lobby.befriend(alice, bob)
    with log_lines() as lines:
        await bob.ask("DELETE", f"/invitations/{await alice.invited(bob)}")
        accepted = await bob.accept(await alice.invited(bob))
    happened = lines.of("invitation-sent", "invitation-declined", "invitation-accepted")
    assert [
        (line["event.action"], line["user.id"], line["user.target.id"]) for line in happened
    ] == [
        ("invitation-sent", str(alice.id), str(bob.id)),
        ("invitation-declined", str(bob.id), str(alice.id)),
        ("invitation-sent", str(alice.id), str(bob.id)),
        ("invitation-accepted", str(bob.id), str(alice.id)),
    ]
    assert happened[-1]["labels.match_id"] == accepted.json()["match_id"]
    assert [fault for line in lines.all for fault in faults(line)] == []
