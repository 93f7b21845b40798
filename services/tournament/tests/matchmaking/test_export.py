"""The export of a player's queue place and invitations."""

from services.tournament.tests.matchmaking.lobby import Lobby
from tests.fixtures.services import exported
from tournament.app import SERVICE_NAME


async def test_the_place_in_the_queue_is_exported(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    assert (await exported(lobby.client, alice.person, SERVICE_NAME))["queue_place"] is None
    await alice.join(7)
    place = (await exported(lobby.client, alice.person, SERVICE_NAME))["queue_place"]
    assert set(place) == {
        "name", "points", "rated", "rating", "deviation", "joined_at", "expires_at",
    }  # fmt: skip
    assert (place["name"], place["points"]) == ("Alice", 7)


async def test_invitations_are_exported_for_both_players(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await lobby.befriend(alice, bob)
    challenge, link = await alice.invited(bob), await alice.invited(None)
    hers, his = (
        await exported(lobby.client, alice.person, SERVICE_NAME),
        await exported(lobby.client, bob.person, SERVICE_NAME),
    )
    assert [(each["id"], each["sent"]) for each in hers["invitations"]] == [
        (challenge, True),
        (link, True),
    ]
    assert [(each["id"], each["sent"]) for each in his["invitations"]] == [(challenge, False)]
    assert (hers["invitations"][0]["from_name"], hers["invitations"][0]["to_name"]) == (
        "Alice",
        "Bob",
    )
