"""Common steps of tournament and a host for a hotseat match of two aliases."""

import httpx

from history.app import SERVICE_NAME
from services.history.tests.arcade import Arcade, Json
from tests.fixtures.cast import Person
from tests.fixtures.services import Headers, service_headers

TICKETS = "/internal/tickets"
RATINGS = "/internal/ratings"


def as_tournament(key_of: Person) -> Headers:
    return service_headers(key_of.key, SERVICE_NAME, sub="service:tournament")


def wanted(host: Person, **changes: object) -> Json:
    return {
        "host_id": str(host.id),
        "points": 3,
        "left_name": "Ann",
        "right_name": "Ben",
        **changes,
    }


async def ask_for_ticket(arcade: Arcade, host: Person, **changes: object) -> httpx.Response:
    return await arcade.client.post(
        TICKETS, json=wanted(host, **changes), headers=as_tournament(host)
    )


async def ticket_of(arcade: Arcade, host: Person, **changes: object) -> str:
    answer = await ask_for_ticket(arcade, host, **changes)
    assert answer.status_code == 201, answer.text
    ticket: str = answer.json()["ticket"]
    return ticket


async def hosted(arcade: Arcade, host: Person, **changes: object) -> Json:
    """Request a ticket, play and submit; return the record."""
    ticket = await ticket_of(arcade, host, **changes)
    answer = await arcade.send(host, ticket, arcade.play(ticket))
    assert answer.status_code == 201, answer.text
    record: Json = answer.json()
    return record


async def record_for_tournament(arcade: Arcade, key_of: Person, match_id: object) -> httpx.Response:
    return await arcade.client.get(f"/internal/matches/{match_id}", headers=as_tournament(key_of))
