"""One answer has everything that waits for a player."""

from services.tournament.tests.matchmaking.lobby import Lobby


async def test_pending_has_a_players_place_and_invitations_and_later_the_match(
    lobby: Lobby,
) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await lobby.befriend(alice, bob)
    invitation_id = await bob.invited(alice)
    await alice.join(7)
    pending = (await alice.ask("GET", "/pending")).json()
    assert (pending["match_id"], pending["match_calls"]) == (None, [])
    assert pending["queue_place"]["points"] == 7
    assert [each["id"] for each in pending["invitations"]["incoming"]] == [invitation_id]

    await alice.accept(invitation_id)
    pending = (await alice.ask("GET", "/pending")).json()
    assert pending == {
        "match_id": await alice.match(),
        "queue_place": None,
        "invitations": {"incoming": [], "outgoing": []},
        "match_calls": [],
    }


async def test_asking_for_pending_keeps_the_place_in_the_queue(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    await alice.join()
    for _ in range(3):
        lobby.clock.advance(seconds=15)
        assert (await alice.ask("GET", "/pending")).json()["queue_place"] is not None


async def test_an_invitation_alone_is_pending_for_both_players_until_it_expires(
    lobby: Lobby,
) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await lobby.befriend(alice, bob)
    invitation_id = await bob.invited(alice)
    for guest, direction in ((alice, "incoming"), (bob, "outgoing")):
        pending = (await guest.ask("GET", "/pending")).json()
        assert [each["id"] for each in pending["invitations"][direction]] == [invitation_id]
    lobby.clock.advance(minutes=3)
    for guest in (alice, bob):
        pending = (await guest.ask("GET", "/pending")).json()
        assert pending["invitations"] == {"incoming": [], "outgoing": []}
