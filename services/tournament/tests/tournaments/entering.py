"""Actions of players on their entries, beside those of organisers and viewers."""

from typing import Any
from uuid import UUID

from services.tournament.tests.tournaments.organising import Answer, Attendee, Hall

SWISS = {"name": "Long night", "format": "swiss", "size": 8, "points": 5, "rounds": 4}


async def entered(who: Attendee, tournament_id: str, invitation: str | None = None) -> str:
    """Enter, and return the entry's ID."""
    answer = await who.enter(tournament_id, invitation)
    assert answer.status_code == 201, answer.text
    entry_id: str = answer.json()["id"]
    return entry_id


async def come_back(who: Attendee, tournament_id: str) -> Answer:
    return await who.ask("POST", f"/{tournament_id}/return")


async def disqualify(
    organiser: Attendee, tournament_id: str, entry_id: str, reason: str = "Plays with four hands."
) -> Answer:
    return await organiser.ask(
        "POST", f"/{tournament_id}/entries/{entry_id}/disqualification", {"reason": reason}
    )


async def entry_page(who: Attendee, tournament_id: str, **query: object) -> dict[str, Any]:
    answer = await who.ask("GET", f"/{tournament_id}/entries", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def names_on_pages(who: Attendee, tournament_id: str, limit: int) -> list[list[str]]:
    """Read all pages of the entries, one after another."""
    pages: list[list[str]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await entry_page(who, tournament_id, limit=limit, **cursor)
        pages.append([each["name"] for each in page["items"]])
        if page["next_cursor"] is None:
            return pages
        cursor = {"cursor": page["next_cursor"]}


async def own(who: Attendee, tournament_id: str) -> dict[str, Any] | None:
    """Return the player's own entry as the tournament shows it."""
    found: dict[str, Any] | None = (await who.seen(tournament_id))["own"]
    return found


async def placings(hall: Hall, player: Attendee, reader: Attendee, **query: object) -> Answer:
    return await hall.client.get(
        f"/api/tournament/players/{player.id}/placings",
        headers=reader.person.headers,
        params={name: str(value) for name, value in query.items()},
    )


async def states(hall: Hall, tournament_id: str) -> dict[str, str]:
    """Return the state of each entry by name, in the order of entering."""
    return {each.name: each.state for each in await hall.entries(tournament_id)}


async def entry_id_of(hall: Hall, tournament_id: str, who: Attendee) -> str:
    return str({each.player_id: each.id for each in await hall.entries(tournament_id)}[who.id])


async def set_round(hall: Hall, tournament_id: str, number: int) -> None:
    """Set the round of a tournament, whatever was played before."""
    await hall.execute(
        "UPDATE tournaments SET round = :round WHERE id = :id",
        round=number,
        id=UUID(tournament_id),
    )
