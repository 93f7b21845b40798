"""The migration that derives outcomes from the winners of existing matches."""

from collections.abc import AsyncGenerator

import asyncpg
import pytest

from history.app import MIGRATIONS, SERVICE_NAME
from launcher.temporary import TemporaryCluster
from tests.fixtures.databases import OldDatabase, old_database

BEFORE, AFTER = "0004", "0005"
MATCHES = """
    INSERT INTO matches (
        id, mode, rules, seed, points, ticks, left_score, right_score, winner, longest_rally, digest, log, played_at
    )
    SELECT gen_random_uuid(), 'online', 1, 7, 3, 1000, 3, 1, 1, 4, 1, '', now() FROM generate_series(1, 2)
"""
SIDES = """
    INSERT INTO participations (match_id, side, player_id, name, kind, mode, outcome, played_at)
    SELECT id, side, gen_random_uuid(), 'Alice', 'player', mode, (ARRAY['won', 'lost'])[side], played_at
    FROM matches CROSS JOIN generate_series(1, 2) AS side
"""


@pytest.fixture
async def old(postgres: TemporaryCluster) -> AsyncGenerator[OldDatabase, None]:
    async with old_database(
        postgres, service=SERVICE_NAME, migrations=MIGRATIONS, revision=BEFORE
    ) as old:
        yield old


async def test_contradictory_outcomes_are_corrected(old: OldDatabase) -> None:
    connection = await asyncpg.connect(old.url)
    await connection.execute(MATCHES)
    await connection.execute(SIDES)
    await connection.execute(
        "UPDATE participations SET outcome = 'lost'"
        " WHERE match_id = (SELECT id FROM matches LIMIT 1)"
    )
    await old.migrate(AFTER)
    sides = await connection.fetch("SELECT side, outcome FROM participations ORDER BY side")
    assert [tuple(side) for side in sides] == [(1, "won"), (1, "won"), (2, "lost"), (2, "lost")]
    # The previous version continues to write like this.
    await connection.execute(MATCHES)
    await connection.execute(f"{SIDES} ON CONFLICT DO NOTHING")
    assert await connection.fetchval("SELECT count(*) FROM participations") == 8
    await connection.close()
