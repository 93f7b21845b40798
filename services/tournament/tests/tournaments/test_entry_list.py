"""The list of entries, page by page."""

import pytest

from services.tournament.tests.tournaments.entering import (
    SWISS,
    disqualify,
    entered,
    entry_id_of,
    entry_page,
    names_on_pages,
)
from services.tournament.tests.tournaments.organising import HOTSEAT, Hall
from tests.fixtures.clients import refusal
from transcendence_common.ids import new_id

ODD_CURSORS = [
    "x",
    "ü",
    "bnVsbA",
    "WzEsMl0",
    "WzAsICIwMTk0ZjM5Mi0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAiLCBudWxsXQ",
]


async def test_before_the_start_entries_are_in_seeding_order_and_then_the_waiting_list(
    hall: Hall,
) -> None:
    orla, *people = hall.players("Orla", "Weak", "Strong", "Fair", "Next", "Last")
    cup = await orla.opened(size=3)
    await hall.put_in(cup, *people[:3], ratings=(1200, 1900, 1500))
    for each in people[3:]:
        hall.clock.advance(seconds=1)
        await entered(each, cup)
    items = (await entry_page(hall.anonymous(), cup))["items"]
    assert [(each["name"], each["seed"], each["state"]) for each in items] == [
        ("Strong", 1, "entered"),
        ("Fair", 2, "entered"),
        ("Weak", 3, "entered"),
        ("Next", None, "waiting"),
        ("Last", None, "waiting"),
    ]
    assert items[0] == {
        "id": await entry_id_of(hall, cup, people[1]),
        "player_id": str(people[1].id),
        "name": "Strong",
        "rating": 1900,
        "provisional": False,
        "state": "entered",
        "checked_in": False,
        "seed": 1,
        "late": False,
        "place": None,
    }
    assert items[3]["provisional"] is True


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
async def test_the_pages_together_are_the_whole_list(hall: Hall, limit: int) -> None:
    orla, *people = hall.players("Orla", "A", "B", "C", "D", "E", "F")
    cup = await orla.opened(size=3)
    for each in people:
        hall.clock.advance(seconds=1)
        await entered(each, cup)
    pages = await names_on_pages(orla, cup, limit)
    assert [name for page in pages for name in page] == ["A", "B", "C", "D", "E", "F"]
    assert len(pages) == -(-6 // limit)


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_after_the_start_entries_are_ordered_by_seed(hall: Hall, limit: int) -> None:
    orla, *people, late = hall.players("Orla", "A", "B", "C", "Z")
    night = await orla.started(*people, wish=SWISS)
    await entered(late, night)
    await disqualify(orla, night, await entry_id_of(hall, night, people[1]))
    pages = await names_on_pages(orla, night, limit)
    assert [name for page in pages for name in page] == ["A", "B", "C", "Z"]


async def test_a_withdrawal_between_two_pages_hides_no_entry(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "A", "B", "C", "D")
    cup = await orla.opened()
    await hall.put_in(cup, *people)
    first = await entry_page(orla, cup, limit=2)
    await people[1].leave(cup)
    second = await entry_page(orla, cup, limit=2, cursor=first["next_cursor"])
    assert [each["name"] for each in second["items"]] == ["C", "D"]


async def test_a_start_between_two_pages_hides_or_repeats_no_entry(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "A", "B", "C")
    cup = await orla.opened(size=2)
    for each in people:
        hall.clock.advance(seconds=1)
        await entered(each, cup)
    seeded = await entry_page(orla, cup, limit=1)
    waiting = await entry_page(orla, cup, limit=2)
    await orla.start(cup)
    rest = await entry_page(orla, cup, cursor=seeded["next_cursor"])
    assert [each["name"] for each in rest["items"]] == ["B"]
    await entry_page(orla, cup, cursor=waiting["next_cursor"])


async def test_entries_of_a_hidden_tournament_are_not_found(hall: Hall) -> None:
    orla, zoe = hall.players("Orla", "Zoe")
    home = await orla.created(HOTSEAT)
    for hidden in (home, await orla.created(), str(new_id())):
        for path in ("entries", "audit"):
            for reader in (zoe, hall.anonymous()):
                answer = await reader.ask("GET", f"/{hidden}/{path}")
                assert refusal(answer) == (404, "no_such_tournament")
    first, *_ = (await entry_page(orla, home))["items"]
    assert (first["name"], first["player_id"], first["rating"]) == ("Ann", None, None)


@pytest.mark.parametrize("cursor", ODD_CURSORS)
async def test_an_invalid_cursor_is_refused(hall: Hall, cursor: str) -> None:
    orla = hall.player("Orla")
    cup = await orla.opened()
    for path in ("entries", "audit"):
        answer = await orla.ask("GET", f"/{cup}/{path}", params={"cursor": cursor})
        assert refusal(answer) == (400, "invalid")
