"""Permissions at every address of history."""

from dataclasses import replace

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar

from history.app import SERVICE_NAME
from services.history.tests.arcade import Arcade
from services.history.tests.erasing import erase
from services.history.tests.hotseat import hosted, ticket_of
from tests.fixtures.access import (
    Access,
    access_table,
    check_forged,
    check_internal,
    documented_operations,
    internal_operations,
    operations_of,
)
from tests.fixtures.cast import ADMIN, ALICE, BOB, CHARLIE

API = "/api/history"

MATCHES = access_table(
    f"{API}/matches",
    """
operation                | anonymous     | unverified     | stranger       | administrator  | erased         | owner
POST   /                 | not_signed_in | ticket_foreign | ticket_foreign | ticket_foreign | ticket_foreign | 201
GET    /                 | not_signed_in | 200            | 200            | 200            | 200            | 200
GET    /{public}         | 200           | 200            | 200            | 200            | 200            | 200
GET    /{public}/replay  | 200           | 200            | 200            | 200            | 200            | 200
GET    /{local}          | not_found     | not_found      | not_found      | not_found      | not_found      | 200
GET    /{local}/replay   | not_found     | not_found      | not_found      | not_found      | not_found      | 200
GET    /{hotseat}        | not_found     | not_found      | not_found      | not_found      | not_found      | 200
GET    /{hotseat}/replay | not_found     | not_found      | not_found      | not_found      | not_found      | 200
""",
)

PLAYERS = access_table(
    API,
    """
operation                               | anonymous     | unverified | stranger | administrator | erased      | owner
POST   /tickets                         | not_signed_in | 201        | 201      | 201           | player_gone | 201
GET    /players/{player}/stats          | 200           | 200        | 200      | 200           | 200         | 200
GET    /players/{player}/opponents      | 200           | 200        | 200      | 200           | 200         | 200
GET    /players/{player}/overview       | 200           | 200        | 200      | 200           | 200         | 200
GET    /players/{player}/rating         | 200           | 200        | 200      | 200           | 200         | 200
GET    /players/{player}/rating/changes | 200           | 200        | 200      | 200           | 200         | 200
GET    /leaderboard                     | 200           | 200        | 200      | 200           | 200         | 200
""",
)

INTERNAL = {
    "POST /internal/matches": "tournament",
    "GET /internal/matches/{}": "tournament",
    "POST /internal/ratings": "tournament",
    "POST /internal/tickets": "tournament",
    "POST /internal/player-events": "auth",
    "GET /internal/players/{}/export": "auth",
}
"""Internal addresses, and the only service that may call each."""

STATUSES = {"not_signed_in": 401, "player_gone": 403, "not_found": 404, "ticket_foreign": 422}


@pytest.fixture
async def access(arcade: Arcade, db: SQLAlchemyAsyncConfig) -> Access:
    """Alice's matches, and her ticket for another one."""
    await erase(arcade, BOB)
    ticket = await ticket_of(arcade, ALICE)
    return Access(
        arcade.client,
        db,
        callers={
            "anonymous": {},
            "unverified": CHARLIE.headers,
            "stranger": replace(CHARLIE, roles=("player",)).headers,
            "administrator": ADMIN.headers,
            "erased": BOB.headers,
            "owner": ALICE.headers,
        },
        names={
            "public": (await arcade.stored(ALICE))["id"],
            "local": (await arcade.stored(ALICE, "local", opponent_name="Bo"))["id"],
            "hotseat": (await hosted(arcade, ALICE, left_name="Ann", right_name="Ben"))["id"],
            "player": str(ALICE.id),
        },
        bodies={
            "tickets": {"mode": "ai", "level": "easy", "points": 3},
            "matches": {"ticket": ticket, "inputs": arcade.play(ticket)},
        },
        statuses=STATUSES,
        secrets=("Alice", "Ann", "Ben", "Bo"),
    )


async def test_permissions_are_those_of_the_table(
    access: Access, subtests: pytest.Subtests
) -> None:
    await access.check([*MATCHES, *PLAYERS], subtests)


async def test_unknown_objects_are_not_found(access: Access, subtests: pytest.Subtests) -> None:
    await access.check_missing(MATCHES, "owner", subtests)


async def test_malformed_requests_are_refused(access: Access, subtests: pytest.Subtests) -> None:
    await access.check_malformed([*MATCHES, *PLAYERS], "owner", API, subtests)


async def test_the_tables_have_every_operation(app: Litestar, client: httpx.AsyncClient) -> None:
    assert operations_of([*MATCHES, *PLAYERS]) == set(await documented_operations(client, API))
    assert set(INTERNAL) == internal_operations(app)


async def test_internal_addresses_are_for_one_service_each(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, subtests: pytest.Subtests
) -> None:
    await check_internal(
        client, db, INTERNAL, service=SERVICE_NAME, person=ALICE, subtests=subtests
    )


async def test_forged_tokens_are_refused(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    await check_forged(client, f"{API}/leaderboard", ALICE, subtests)
