"""The event of a player's erasure, and the export of a player's data."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.cast import ALICE, BOB, KEY, SigningKey
from tests.fixtures.clients import refusal
from tests.fixtures.services import player_erased, service_headers
from tournament.app import SERVICE_NAME
from tournament.players.models import ErasedPlayer
from transcendence_common.erased_players import PlayerGone, lock_against_erasure
from transcendence_common.ids import new_id

EVENTS = "/internal/player-events"


async def test_an_event_is_stored(hall: Hall) -> None:
    event = player_erased(ALICE.id)
    assert (await _tell(hall, ALICE.key, event)).status_code == 204
    [gone] = await _gone(hall)
    assert (str(gone.player_id), str(gone.event_id)) == (str(ALICE.id), event["id"])
    assert gone.erased_at.isoformat() == event["at"]


async def test_a_repeated_event_changes_nothing(hall: Hall) -> None:
    event = player_erased(ALICE.id)
    for each in (event, event, player_erased(ALICE.id)):
        assert (await _tell(hall, ALICE.key, each)).status_code == 204
    assert [str(gone.event_id) for gone in await _gone(hall)] == [event["id"]]


async def test_fifty_parallel_events_count_once(busy_hall: Hall) -> None:
    answers = await asyncio.gather(
        *(_tell(busy_hall, ALICE.key, player_erased(ALICE.id)) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {204}
    assert len(await _gone(busy_hall)) == 1


async def test_no_data_of_an_erased_player_can_be_stored(hall: Hall) -> None:
    await _tell(hall, ALICE.key, player_erased(ALICE.id))
    async with hall.db.get_session() as session:
        await lock_against_erasure(session, ErasedPlayer, BOB.id)
        with pytest.raises(PlayerGone):
            await lock_against_erasure(session, ErasedPlayer, ALICE.id)


@pytest.mark.parametrize(
    "changes", [{"id": "seven"}, {"type": "player.born"}, {"player_id": 7}, {"at": "yesterday"}]
)
async def test_a_malformed_event_is_refused(hall: Hall, changes: dict[str, Any]) -> None:
    answer = await _tell(hall, ALICE.key, player_erased(ALICE.id, **changes))
    assert refusal(answer) == (400, "invalid")
    assert await _gone(hall) == []


async def test_a_body_that_is_no_event_is_refused(hall: Hall) -> None:
    headers = service_headers(KEY, SERVICE_NAME)
    answer = await hall.client.post(EVENTS, content=b"{", headers=headers)
    assert refusal(answer) == (400, "malformed")


async def test_the_export_of_an_unknown_player_is_empty(hall: Hall) -> None:
    headers = service_headers(KEY, SERVICE_NAME)
    answer = await hall.client.get(f"/internal/players/{new_id()}/export", headers=headers)
    assert answer.status_code == 200
    lists = ("invitations", "matches", "tournament_entries", "tournaments", "tournament_notes")
    assert answer.json() == {"queue_place": None, **{name: [] for name in lists}}


async def test_a_malformed_player_id_is_not_found(hall: Hall) -> None:
    headers = service_headers(KEY, SERVICE_NAME)
    answer = await hall.client.get("/internal/players/alice/export", headers=headers)
    assert refusal(answer) == (404, "not_found")


async def _tell(hall: Hall, key: SigningKey, event: dict[str, object]) -> httpx.Response:
    return await hall.client.post(EVENTS, json=event, headers=service_headers(key, SERVICE_NAME))


async def _gone(hall: Hall) -> list[ErasedPlayer]:
    async with hall.db.get_session() as session:
        return list(await session.scalars(select(ErasedPlayer)))
