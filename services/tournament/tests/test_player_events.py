"""tournament is told that a player is gone, and hands out what it keeps of one."""

import asyncio
from typing import Any

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import select

from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.services import NO_SERVICE_IN_SHORT, player_erased, service_headers
from tournament.app import NAME
from tournament.players.models import ErasedPlayer
from transcendence_common.erased_players import PlayerGone, hold_player
from transcendence_common.ids import new_id

EVENTS = "/internal/player-events"


async def test_event_is_written_down(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person
) -> None:
    event = player_erased(alice.id)
    assert (await _tell(client, alice.key, event)).status_code == 204
    [gone] = await _gone(db)
    assert (str(gone.player_id), str(gone.event_id)) == (str(alice.id), event["id"])
    assert gone.erased_at.isoformat() == event["at"]


async def test_same_and_another_event_change_nothing(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person
) -> None:
    event = player_erased(alice.id)
    for each in (event, event, player_erased(alice.id)):
        assert (await _tell(client, alice.key, each)).status_code == 204
    assert [str(gone.event_id) for gone in await _gone(db)] == [event["id"]]


async def test_fifty_events_at_once_are_one(
    pooled_client: httpx.AsyncClient, pooled_db: SQLAlchemyAsyncConfig, alice: Person
) -> None:
    answers = await asyncio.gather(
        *(_tell(pooled_client, alice.key, player_erased(alice.id)) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {204}
    assert len(await _gone(pooled_db)) == 1


async def test_nothing_can_be_kept_of_a_player_who_is_gone(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    await _tell(client, alice.key, player_erased(alice.id))
    async with db.get_session() as session:
        await hold_player(session, ErasedPlayer, bob.id)
        with pytest.raises(PlayerGone):
            await hold_player(session, ErasedPlayer, alice.id)


async def test_only_a_service_is_listened_to(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person, subtests: pytest.Subtests
) -> None:
    for token, show in NO_SERVICE_IN_SHORT.items():
        with subtests.test(token):
            headers = show(alice, NAME)
            told = await client.post(EVENTS, json=player_erased(alice.id), headers=headers)
            asked = await client.get(f"/internal/players/{alice.id}/export", headers=headers)
            for answer in (told, asked):
                assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
            assert await _gone(db) == []


@pytest.mark.parametrize(
    "changes", [{"id": "seven"}, {"type": "player.born"}, {"player_id": 7}, {"at": "yesterday"}]
)
async def test_event_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, alice: Person, changes: dict[str, Any]
) -> None:
    answer = await _tell(client, alice.key, player_erased(alice.id, **changes))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert await _gone(db) == []


async def test_body_that_is_no_event_is_refused(
    client: httpx.AsyncClient, signing_key: SigningKey
) -> None:
    headers = service_headers(signing_key, NAME)
    answer = await client.post(EVENTS, content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_of_somebody_unknown_nothing_is_kept(
    client: httpx.AsyncClient, signing_key: SigningKey
) -> None:
    headers = service_headers(signing_key, NAME)
    answer = await client.get(f"/internal/players/{new_id()}/export", headers=headers)
    assert answer.status_code == 200
    lists = ("invitations", "matches", "tournament_entries", "tournaments", "tournament_notes")
    assert answer.json() == {"queue_place": None, **{name: [] for name in lists}}


async def test_malformed_player_is_not_found(
    client: httpx.AsyncClient, signing_key: SigningKey
) -> None:
    headers = service_headers(signing_key, NAME)
    answer = await client.get("/internal/players/alice/export", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def _tell(
    client: httpx.AsyncClient, key: SigningKey, event: dict[str, object]
) -> httpx.Response:
    return await client.post(EVENTS, json=event, headers=service_headers(key, NAME))


async def _gone(db: SQLAlchemyAsyncConfig) -> list[ErasedPlayer]:
    async with db.get_session() as session:
        return list(await session.scalars(select(ErasedPlayer)))
