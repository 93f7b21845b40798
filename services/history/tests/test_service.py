import re

import asyncpg
import pytest
from pydantic import SecretStr, ValidationError

from history.settings import HistorySettings
from launcher.temporary import TemporaryCluster
from services.history.tests.arcade import Arcade
from tests.fixtures.cast import ALICE
from tests.fixtures.databases import ServiceDatabase


async def test_a_migrated_service_is_ready(arcade: Arcade) -> None:
    answer = await arcade.get("/health/ready")
    assert answer.json() == {"status": "ok", "failing": []}


async def test_the_openapi_document_is_served(arcade: Arcade) -> None:
    answer = await arcade.get("/api/history/schema")
    assert answer.status_code == 200
    assert "/api/history/matches/{match_id}/replay" in answer.json()["paths"]


def test_models_match_the_migrations(history_database: ServiceDatabase) -> None:
    history_database.check_models()


def test_a_short_ticket_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="history_ticket_secret"):
        HistorySettings(
            history_database_url=SecretStr("postgresql://host/history"),
            history_ticket_secret=SecretStr("short"),
        )


async def test_metrics_count_stored_and_refused_matches(arcade: Arcade) -> None:
    before = await _metrics(arcade)
    await arcade.stored(ALICE)
    await arcade.send(ALICE, "nonsense", {"ticks": 1, "changes": []})
    after = await _metrics(arcade)
    for name in (
        'history_matches_stored_total{mode="ai"}',
        'history_matches_refused_total{reason="ticket_forged"}',
        "history_verification_seconds_count",
    ):
        assert after[name] == before.get(name, 0) + 1


async def test_a_list_can_be_read_after_a_restart_of_the_database(
    busy_arcade: Arcade, postgres: TemporaryCluster
) -> None:
    assert await busy_arcade.listed(ALICE) == []
    admin = await asyncpg.connect(postgres.cluster.url("postgres"))
    await admin.fetch(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'history'"
    )
    await admin.close()
    assert await busy_arcade.listed(ALICE) == []


async def _metrics(arcade: Arcade) -> dict[str, float]:
    text = (await arcade.get("/metrics")).text
    return {
        name: float(value)
        for name, value in re.findall(r"^(history_\S+) (\S+)$", text, re.MULTILINE)
    }
