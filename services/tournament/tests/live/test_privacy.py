"""What tournament hands out and forgets of somebody's matches."""

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.live.arena_under_test import new_match
from tests.fixtures.cast import Person
from tests.fixtures.services import player_erased, service_headers
from tournament.app import NAME


async def test_matches_are_in_the_export_of_both(
    client: httpx.AsyncClient,
    db: SQLAlchemyAsyncConfig,
    alice: Person,
    bob: Person,
    charlie: Person,
) -> None:
    match_id = await new_match(db, alice, bob)
    for person, expected in ((alice, [str(match_id)]), (bob, [str(match_id)]), (charlie, [])):
        answer = await client.get(
            f"/internal/players/{person.id}/export", headers=service_headers(alice.key, NAME)
        )
        assert [each["id"] for each in answer.json()["matches"]] == expected


async def test_an_erased_player_leaves_no_match_and_frees_the_other(
    client: httpx.AsyncClient,
    db: SQLAlchemyAsyncConfig,
    alice: Person,
    bob: Person,
    charlie: Person,
) -> None:
    match_id = await new_match(db, alice, bob)
    told = await client.post(
        "/internal/player-events",
        json=player_erased(alice.id),
        headers=service_headers(alice.key, NAME),
    )
    assert told.status_code == 204
    assert (await client.get(f"/api/tournament/matches/{match_id}")).status_code == 404
    assert await new_match(db, bob, charlie) != match_id
