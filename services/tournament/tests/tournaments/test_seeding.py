"""Seeding by rating, by hand, or by a draw that anyone can repeat."""

import asyncio
from random import Random

import pytest

from services.tournament.tests.tournaments.organising import Answer, Attendee, Hall
from tests.fixtures.clients import refusal
from transcendence_common.ids import new_id


async def cup(hall: Hall) -> tuple[Attendee, str, dict[str, str]]:
    """Create an open tournament with four entrants; return their entries' IDs by name."""
    alice, *people = hall.players("Alice", "Bob", "Cleo", "Dan", "Eve")
    tournament_id = await alice.opened()
    await hall.put_in(tournament_id, *people, ratings=(1500, 1900, 1700, 1500))
    ids = {each.name: str(each.id) for each in await hall.entries(tournament_id)}
    return alice, tournament_id, ids


def names(answer: Answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    seeded = answer.json()
    assert [each["seed"] for each in seeded] == list(range(1, len(seeded) + 1))
    return [each["name"] for each in seeded]


async def final_order(hall: Hall, tournament_id: str) -> list[str]:
    entries = await hall.entries(tournament_id)
    return [each.name for each in sorted(entries, key=lambda each: each.seed or 0)]


async def test_seeds_follow_ratings_then_the_time_of_entry(hall: Hall) -> None:
    alice, tournament_id, _ = await cup(hall)
    order = names(await alice.seed(tournament_id, "rating"))
    assert order == ["Cleo", "Dan", "Bob", "Eve"]
    await alice.start(tournament_id)
    assert await final_order(hall, tournament_id) == order


async def test_entrants_missing_in_the_manual_order_come_last(hall: Hall) -> None:
    alice, tournament_id, ids = await cup(hall)
    order = names(await alice.seed(tournament_id, "manual", [ids["Eve"], ids["Bob"]]))
    assert order == ["Eve", "Bob", "Cleo", "Dan"]
    hall.clock.advance(seconds=1)
    await hall.put_in(tournament_id, hall.player("Fay"), ratings=(2500,))
    await alice.start(tournament_id)
    assert await final_order(hall, tournament_id) == [*order, "Fay"]


async def test_a_random_draw_can_be_repeated_by_anyone(hall: Hall) -> None:
    alice, tournament_id, ids = await cup(hall)
    order = names(await alice.seed(tournament_id, "random"))
    shown = await hall.anonymous().seen(tournament_id)
    assert shown["seeding"] == "random"
    again = sorted(ids.values())
    Random(shown["seeding_number"]).shuffle(again)  # noqa: S311 - a public draw
    assert [ids[name] for name in order] == again
    await alice.start(tournament_id)
    assert await final_order(hall, tournament_id) == order


async def test_each_draw_is_in_the_audit_log(hall: Hall) -> None:
    alice, tournament_id, _ = await cup(hall)
    numbers = []
    for _ in range(2):
        await alice.seed(tournament_id, "random")
        numbers.append((await alice.seen(tournament_id))["seeding_number"])
    first, second = (await hall.notes(tournament_id))[1:]
    assert (first.before, first.after) == ("rating", f"random {numbers[0]}")
    assert (second.before, second.after) == (first.after, f"random {numbers[1]}")


async def test_an_unchanged_seeding_is_not_logged(hall: Hall) -> None:
    alice, tournament_id, ids = await cup(hall)
    await alice.seed(tournament_id, "rating")
    assert len(await hall.notes(tournament_id)) == 1
    for _ in range(2):
        await alice.seed(tournament_id, "manual", [ids["Eve"]])
    assert len(await hall.notes(tournament_id)) == 2
    await alice.seed(tournament_id, "manual", [ids["Dan"]])
    assert len(await hall.notes(tournament_id)) == 3


async def test_another_method_discards_the_order_and_the_number(hall: Hall) -> None:
    alice, tournament_id, ids = await cup(hall)
    await alice.seed(tournament_id, "random")
    await alice.seed(tournament_id, "manual", [ids["Eve"]])
    assert (await alice.seen(tournament_id))["seeding_number"] is None
    await alice.seed(tournament_id, "rating")
    assert {each.wanted_seed for each in await hall.entries(tournament_id)} == {None}


async def test_an_order_with_a_duplicate_or_a_stranger_is_refused(hall: Hall) -> None:
    alice, tournament_id, ids = await cup(hall)
    hall.clock.advance(seconds=1)
    await hall.put_in(tournament_id, hall.player("Fay"), state="waiting")
    fay = str((await hall.entries(tournament_id))[-1].id)
    for order in ([ids["Bob"], ids["Bob"]], [ids["Bob"], str(new_id())], [fay]):
        assert refusal(await alice.seed(tournament_id, "manual", order)) == (400, "invalid")
    assert (await alice.seen(tournament_id))["seeding"] == "rating"


@pytest.mark.parametrize(
    ("method", "order"), [("manual", None), ("rating", []), ("luck", None), ("manual", ["x"])]
)
async def test_a_malformed_request_is_refused(hall: Hall, method: str, order: object) -> None:
    alice, tournament_id, _ = await cup(hall)
    assert refusal(await alice.seed(tournament_id, method, order)) == (400, "invalid")


async def test_seeds_cannot_be_changed_after_the_start(hall: Hall) -> None:
    alice, tournament_id, _ = await cup(hall)
    await alice.start(tournament_id)
    assert refusal(await alice.seed(tournament_id, "random")) == (409, "not_now")


async def test_parallel_orders_do_not_mix(busy_hall: Hall) -> None:
    alice, tournament_id, ids = await cup(busy_hall)
    orders = [[ids[name] for name in each] for each in (["Bob", "Cleo"], ["Eve", "Dan"])]
    await asyncio.gather(*(alice.seed(tournament_id, "manual", each) for each in orders * 4))
    entries = await busy_hall.entries(tournament_id)
    wanted = sorted(
        (each for each in entries if each.wanted_seed), key=lambda e: e.wanted_seed or 0
    )
    assert [str(each.id) for each in wanted] in orders
