from collections.abc import AsyncGenerator
from typing import get_args

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from contracts.tournament.tournaments import OutcomeKind
from services.tournament.tests.service_under_test import settings_for
from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.scrapes import ask_nonsense, missing, series_of
from tests.fixtures.sockets import served
from tournament.app import create_app
from tournament.live.protocol import CloseCode, EndReason


@pytest.fixture
async def client(
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,  # noqa: ARG001 - empties the tables
    signing_key: SigningKey,
) -> AsyncGenerator[httpx.AsyncClient, None]:
    """A client of the complete service, which opens its own connections."""
    app = create_app(settings_for(tournament_database.url), keys=signing_key)
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        yield client


async def test_all_documented_metrics_exist(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/tournament/tournaments")).status_code == 200
    assert await missing(client, "tournament") == set()
    series = await series_of(client)
    for pool in ("tournament", "tournament-live"):
        assert ("database_pool_size", frozenset({("pool", pool)})) in series


async def test_counters_exist_before_their_first_event(client: httpx.AsyncClient) -> None:
    series = await series_of(client, "tournament_")
    known = {
        ("matches_ended", "reason"): [reason.name.lower() for reason in EndReason],
        ("connections_closed", "reason"): [code.name.lower() for code in CloseCode],
        ("snapshots", "reason"): ["arrival", "backlog"],
        ("matches_taken", "how"): ["asked_for", "ownerless", "owner_gone"],
    }
    for (metric, label), values in known.items():
        for value in values:
            assert (f"tournament_live_{metric}_total", frozenset({(label, value)})) in series
    for how in get_args(OutcomeKind):
        assert ("tournament_pairings_decided_total", frozenset({("how", how)})) in series
    for step in ("created", "opened", "started", "finished", "cancelled"):
        assert ("tournament_tournaments_total", frozenset({("step", step)})) in series
    for coming in ("entered", "waiting", "late", "left", "disqualified"):
        assert ("tournament_entries_total", frozenset({("coming", coming)})) in series
    labels = frozenset({("kind", "link"), ("outcome", "expired")})
    assert ("tournament_invitations_total", labels) in series


async def test_unknown_addresses_and_methods_add_no_series(client: httpx.AsyncClient) -> None:
    addresses = {
        "known": "/api/tournament/tournaments",
        "by_id": "/api/tournament/tournaments/{id}",
    }
    word = await ask_nonsense(client, **addresses)
    before = await series_of(client, "http_")
    assert word not in str(before)
    await ask_nonsense(client, **addresses)
    assert await series_of(client, "http_") == before
