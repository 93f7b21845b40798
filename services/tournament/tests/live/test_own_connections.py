"""Live matches do not share database connections with requests."""

import asyncio
from collections.abc import AsyncGenerator

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text

from services.tournament.tests.live.match_host_under_test import ask, new_match
from services.tournament.tests.service_under_test import settings_for
from tests.fixtures.cast import ALICE, BOB, KEY, Person, SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tests.fixtures.waiting import until_asked, until_transactions_wait
from tournament.app import create_app

LINK = {"to": None, "points": 3, "rated": False}


@pytest.fixture
async def narrow(
    tournament_database: ServiceDatabase, signing_key: SigningKey
) -> AsyncGenerator[str, None]:
    """A service with one connection for requests, and further connections of its own."""
    settings = settings_for(tournament_database.url).model_copy(update={"database_pool_size": 1})
    async with served(create_app(settings, keys=signing_key)) as url:
        yield url


async def test_requests_that_hold_every_connection_do_not_cost_the_lease(
    pooled_db: SQLAlchemyAsyncConfig, narrow: str
) -> None:
    # An idle service would prolong the lease only three times a minute.
    await new_match(pooled_db, ALICE, BOB)
    dora = Person("dora", KEY, roles=("player",))
    async with pooled_db.get_session() as session, session.begin():
        # Like a rush of requests, each of which waits for the previous one.
        await session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 0))"),
            {"whose": f"invitations {dora.id}"},
        )
        async with httpx.AsyncClient(
            base_url=narrow, headers=dora.headers, timeout=PATIENCE_SECONDS
        ) as client:
            waiting = asyncio.create_task(client.post("/api/tournament/invitations", json=LINK))
            await until_transactions_wait(pooled_db)
            [(before,)] = await ask(pooled_db, "SELECT leased_until FROM replicas")
            renewed = "SELECT 1 FROM replicas WHERE leased_until > :before"
            await until_asked(lambda: ask(pooled_db, renewed, before=before))
            assert not waiting.done()
            await session.rollback()
            assert (await waiting).status_code == 201
