"""What is handed out of somebody who looks for a match."""

from typing import Any

from services.tournament.tests.matchmaking.lobby import Guest, Lobby
from tests.fixtures.services import service_headers


async def exported(guest: Guest) -> dict[str, Any]:
    answer = await guest.lobby.client.get(
        f"/internal/players/{guest.id}/export",
        headers=service_headers(guest.lobby.key, "tournament"),
    )
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_place_in_the_queue_is_handed_out(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    assert (await exported(alice))["queue_place"] is None
    await alice.join(7)
    place = (await exported(alice))["queue_place"]
    assert set(place) == {
        "name", "points", "rated", "rating", "deviation", "joined_at", "expires_at",
    }  # fmt: skip
    assert (place["name"], place["points"]) == ("Alice", 7)


async def test_invitations_are_handed_out_to_both(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    await lobby.befriend(alice, bob)
    challenge, link = await alice.invited(bob), await alice.invited(None)
    hers, his = await exported(alice), await exported(bob)
    assert [(each["id"], each["sent"]) for each in hers["invitations"]] == [
        (challenge, True),
        (link, True),
    ]
    assert [(each["id"], each["sent"]) for each in his["invitations"]] == [(challenge, False)]
    assert (hers["invitations"][0]["from_name"], hers["invitations"][0]["to_name"]) == (
        "Alice",
        "Bob",
    )
