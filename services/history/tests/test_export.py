"""The export of a player's data."""

import json
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.pool import QueuePool

from history.app import SERVICE_NAME
from history.matches.packing import pack_log
from history.privacy import export
from history.privacy.export import MATCHES_PER_READ, export_document
from pong.log import InputLog
from services.history.tests.arcade import MATCHES, Arcade
from services.history.tests.erasing import erase
from services.history.tests.online import SideName, delivered
from services.history.tests.rows import NOON, MatchRow, store
from tests.fixtures.cast import ALICE, BOB, KEY, Person
from tests.fixtures.clients import refusal
from tests.fixtures.services import service_headers
from transcendence_common.reads import DatabaseReads

LOG = pack_log(InputLog(1_000, [(5, 1, 0)]))
WINNERS: tuple[SideName, ...] = ("left", "right", "right", "left", "left")
NOTHING = {"played": 0, "won": 0, "lost": 0, "longest_rally": 0}


async def test_the_export_has_each_match_as_its_replay_newest_first(arcade: Arcade) -> None:
    older = await arcade.stored(ALICE)
    newer = await arcade.stored(ALICE, "local", opponent_name="Bo")
    exported = (await _export(arcade, ALICE)).json()
    replays = [
        (await arcade.get(f"{MATCHES}/{record['id']}/replay", ALICE)).json()
        for record in (newer, older)
    ]
    for replay in replays:
        won = replay["record"]["winner"] == "left"
        replay["record"]["outcome"] = "won" if won else "lost"
    assert exported["matches"] == replays
    assert exported["matches"][0]["record"]["right"]["name"] == "Bo"


async def test_the_export_has_the_totals_that_the_player_sees(arcade: Arcade) -> None:
    await arcade.stored(ALICE)
    await arcade.stored(ALICE, "local")
    exported = (await _export(arcade, ALICE)).json()
    seen = await arcade.get(f"/api/history/players/{ALICE.id}/stats", ALICE)
    assert exported["stats"] == seen.json()
    assert exported["stats"]["total"]["played"] == 2


async def test_the_export_has_the_rating_and_its_changes(
    arcade: Arcade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "CHANGES_PER_READ", 2)
    for winner in WINNERS:
        await delivered(arcade, ALICE, BOB, winner)
    exported = (await _export(arcade, ALICE)).json()
    path = f"/api/history/players/{ALICE.id}/rating"
    assert exported["rating"] == (await arcade.get(path)).json()
    assert exported["rating_changes"] == (await arcade.get(f"{path}/changes")).json()["items"]
    assert len(exported["rating_changes"]) == len(exported["matches"]) == len(WINNERS)
    assert {match["record"]["right"]["name"] for match in exported["matches"]} == {"Bob"}


@pytest.mark.parametrize(
    "count", [1, MATCHES_PER_READ - 1, MATCHES_PER_READ, MATCHES_PER_READ + 1, 3 * MATCHES_PER_READ]
)
async def test_the_export_has_each_match_once_however_many_there_are(
    arcade: Arcade, db: SQLAlchemyAsyncConfig, count: int
) -> None:
    rows = [_row(ALICE.id, number) for number in range(count)]
    await store(db, *rows)
    exported = (await _export(arcade, ALICE)).json()
    assert [match["record"]["id"] for match in exported["matches"]] == [
        str(row.id) for row in reversed(rows)
    ]


async def test_the_export_has_no_data_of_other_players(arcade: Arcade) -> None:
    await arcade.stored(BOB)
    assert (await _export(arcade, ALICE)).json() == {
        "stats": {"player_id": str(ALICE.id), "total": NOTHING, "by_mode": {}},
        "rating": (await arcade.get(f"/api/history/players/{ALICE.id}/rating")).json(),
        "matches": [],
        "hotseat_matches": [],
        "rating_changes": [],
    }


async def test_the_export_is_empty_after_an_erasure(arcade: Arcade) -> None:
    await arcade.stored(ALICE)
    await delivered(arcade, ALICE, BOB)
    await erase(arcade, ALICE)
    exported = (await _export(arcade, ALICE)).json()
    assert (exported["stats"]["total"], exported["matches"]) == (NOTHING, [])
    assert (exported["rating"]["rated_matches"], exported["rating_changes"]) == (0, [])


async def test_no_database_connection_is_held_while_the_export_is_read(
    pooled_db: SQLAlchemyAsyncConfig,
) -> None:
    await store(pooled_db, *(_row(ALICE.id, number) for number in range(2 * MATCHES_PER_READ + 1)))
    pool = pooled_db.get_engine().pool
    assert isinstance(pool, QueuePool)
    parts = []
    async for part in await export_document(DatabaseReads(pooled_db), ALICE.id, NOON):
        assert pool.checkedout() == 0
        parts.append(part)
    assert len(json.loads(b"".join(parts))["matches"]) == 2 * MATCHES_PER_READ + 1


async def test_a_malformed_player_id_is_not_found(arcade: Arcade) -> None:
    answer = await arcade.client.get(_address("alice"), headers=service_headers(KEY, SERVICE_NAME))
    assert refusal(answer) == (404, "not_found")


async def _export(arcade: Arcade, person: Person) -> httpx.Response:
    answer = await arcade.client.get(
        _address(person.id), headers=service_headers(person.key, SERVICE_NAME)
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    return answer


def _row(player_id: UUID, number: int) -> MatchRow:
    mode = "local" if number % 3 == 0 else "ai"
    played_at = NOON + timedelta(minutes=number)
    return MatchRow(player_id, mode, number % 2 == 0, played_at, changes={"log": LOG})


def _address(player_id: UUID | str) -> str:
    return f"/internal/players/{player_id}/export"
