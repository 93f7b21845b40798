"""Export and erasure of a player's matches."""

from services.tournament.tests.live.match_host_under_test import new_match
from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.cast import ALICE, BOB, CHARLIE
from tests.fixtures.services import exported, tell_erased
from tournament.app import SERVICE_NAME


async def test_a_match_is_in_the_export_of_both_players(hall: Hall) -> None:
    match_id = await new_match(hall.db, ALICE, BOB)
    for person, expected in ((ALICE, [str(match_id)]), (BOB, [str(match_id)]), (CHARLIE, [])):
        kept = await exported(hall.client, person, SERVICE_NAME)
        assert [each["id"] for each in kept["matches"]] == expected


async def test_erasing_a_player_removes_the_match_and_frees_the_other(hall: Hall) -> None:
    match_id = await new_match(hall.db, ALICE, BOB)
    assert (await tell_erased(hall.client, ALICE, SERVICE_NAME)).status_code == 204
    assert (await hall.client.get(f"/api/tournament/matches/{match_id}")).status_code == 404
    assert await new_match(hall.db, BOB, CHARLIE) != match_id
