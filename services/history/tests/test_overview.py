"""The overview of a player: what a profile shows, in one answer."""

from history.overviews.service import RECENT_MATCHES_SHOWN
from services.history.tests.arcade import Arcade, Json
from services.history.tests.online import delivered
from tests.fixtures.cast import ALICE, BOB, CHARLIE, Person


async def test_the_overview_has_the_answers_of_the_single_addresses(arcade: Arcade) -> None:
    await delivered(arcade, ALICE, BOB)
    await arcade.stored(ALICE)
    await arcade.stored(ALICE, "local")
    for reader in (ALICE, BOB, None):
        overview = await _read(arcade, "overview", reader)
        assert overview["stats"] == await _read(arcade, "stats", reader)
        assert overview["rating"] == await _read(arcade, "rating", reader)
        changes = await _read(arcade, "rating/changes", reader)
        assert overview["rating_changes"] == changes["items"] != []
        opponents = await _read(arcade, "opponents", reader)
        assert overview["opponents"] == opponents["items"] != []


async def test_recent_matches_are_public_ones_of_both_modes_newest_first(arcade: Arcade) -> None:
    online = await delivered(arcade, ALICE, BOB)
    computer = await arcade.stored(ALICE)
    await arcade.stored(ALICE, "local")
    for reader in (ALICE, CHARLIE):
        recent = (await _read(arcade, "overview", reader))["recent_matches"]
        assert [each["id"] for each in recent] == [
            each["id"]
            for each in sorted((online, computer), key=lambda one: one["played_at"], reverse=True)
        ]
        assert {each["outcome"] for each in recent} <= {"won", "lost"}


async def test_no_more_than_the_shown_number_of_matches_is_sent(arcade: Arcade) -> None:
    stored = [await arcade.stored(ALICE) for _ in range(RECENT_MATCHES_SHOWN + 2)]
    recent = (await _read(arcade, "overview", ALICE))["recent_matches"]
    newest = sorted(stored, key=lambda one: (one["played_at"], one["id"]), reverse=True)
    assert [each["id"] for each in recent] == [each["id"] for each in newest[:RECENT_MATCHES_SHOWN]]


async def test_visitors_without_an_account_see_no_matches(arcade: Arcade) -> None:
    await arcade.stored(ALICE)
    overview = await _read(arcade, "overview", None)
    assert overview["recent_matches"] == []
    assert overview["stats"]["total"]["played"] == 1


async def _read(arcade: Arcade, what: str, reader: Person | None) -> Json:
    answer = await arcade.client.get(
        f"/api/history/players/{ALICE.id}/{what}", headers=reader.headers if reader else {}
    )
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body
