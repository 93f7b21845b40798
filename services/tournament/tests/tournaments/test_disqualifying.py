"""Removal before the start, and disqualification afterwards."""

import asyncio
from typing import Any

import pytest

from services.tournament.tests.tournaments.entering import (
    SWISS,
    come_back,
    disqualify,
    entered,
    entry_id_of,
    entry_page,
    own,
    states,
)
from services.tournament.tests.tournaments.organising import HOTSEAT, Attendee, Hall
from tests.fixtures.clients import refusal


async def audit_log(who: Attendee, tournament_id: str, *actions: str) -> list[dict[str, Any]]:
    """Return the audit entries of these actions, newest first."""
    answer = await who.ask("GET", f"/{tournament_id}/audit")
    assert answer.status_code == 200, answer.text
    return [each for each in answer.json()["items"] if each["action"] in actions]


async def test_a_player_removed_before_the_start_cannot_enter_again(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.opened()
    await entered(ann, cup)
    answer = await disqualify(orla, cup, await entered(ben, cup))
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["state"], answer.json()["seed"]) == (
        "Ben",
        "disqualified",
        None,
    )
    assert refusal(await ben.enter(cup)) == (409, "out")
    assert (await ben.leave(cup)).status_code == 204
    assert refusal(await ben.enter(cup)) == (409, "out")
    found = await own(ben, cup)
    assert found is not None
    assert found["state"] == "disqualified"
    assert (await ben.seen(cup))["may_enter"] is False
    assert [each["name"] for each in (await entry_page(orla, cup))["items"]] == ["Ann"]
    assert (await orla.seen(cup))["entries"] == 1


async def test_a_removal_admits_the_first_of_the_waiting_list(hall: Hall) -> None:
    orla, ann, ben, cleo = hall.players("Orla", "Ann", "Ben", "Cleo")
    cup = await orla.opened(size=2)
    first, *_ = [await entered(each, cup) for each in (ann, ben, cleo)]
    await disqualify(orla, cup, first)
    assert await states(hall, cup) == {"Ann": "disqualified", "Ben": "entered", "Cleo": "entered"}


async def test_a_removed_player_does_not_start(hall: Hall) -> None:
    orla, ann, ben, cleo = hall.players("Orla", "Ann", "Ben", "Cleo")
    cup = await orla.opened()
    first, *_ = [await entered(each, cup) for each in (ann, ben, cleo)]
    await disqualify(orla, cup, first)
    assert (await orla.start(cup)).status_code == 200
    shown = (await entry_page(orla, cup))["items"]
    assert sorted(each["name"] for each in shown) == ["Ben", "Cleo"]
    assert (await hall.tournament(cup)).entrants == 2


async def test_a_disqualified_player_loses_the_current_match(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    answer = await disqualify(orla, cup, await entry_id_of(hall, cup, ann))
    assert (answer.json()["state"], answer.json()["seed"], answer.json()["place"]) == (
        "disqualified",
        1,
        2,
    )
    shown = await orla.seen(cup)
    assert (shown["state"], shown["winner"]) == ("finished", "Ben")


async def test_a_withdrawn_player_can_be_kept_from_returning(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    night = await orla.started(*people, wish=SWISS)
    await people[0].leave(night)
    answer = await disqualify(orla, night, await entry_id_of(hall, night, people[0]))
    assert answer.json()["state"] == "disqualified"
    assert refusal(await come_back(people[0], night)) == (409, "not_now")
    assert refusal(await people[0].enter(night)) == (409, "out")


async def test_a_dropped_player_can_be_kept_from_entering_late(hall: Hall) -> None:
    orla, *people, late = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan", "Eve")
    night = await orla.opened(SWISS, starts_at=hall.in_minutes(10), check_in_minutes=5)
    await hall.put_in(night, *people, checked_in=True)
    entry = await entered(late, night)
    await orla.start(night)
    assert (await disqualify(orla, night, entry)).json()["state"] == "disqualified"
    assert refusal(await late.enter(night)) == (409, "out")
    assert len(await audit_log(orla, night, "removed")) == 1


async def test_the_reason_is_public(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.opened()
    [removed, _] = [await entered(each, cup) for each in (ann, ben)]
    await disqualify(orla, cup, removed, "  Has two accounts. ")
    [note] = await audit_log(hall.anonymous(), cup, "removed")
    assert (note["actor"], note["subject"], note["reason"]) == ("Orla", "Ann", "Has two accounts.")
    assert note["at"] == hall.clock().isoformat().replace("+00:00", "Z")


async def test_a_second_disqualification_changes_nothing(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    cup = await orla.started(*people)
    entry = await entry_id_of(hall, cup, people[0])
    first = await disqualify(orla, cup, entry)
    revision = (await hall.tournament(cup)).revision
    again = await disqualify(orla, cup, entry, "Once more.")
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await hall.tournament(cup)).revision == revision
    assert len(await audit_log(orla, cup, "disqualified")) == 1


async def test_organiser_and_administrator_are_named(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    ada = hall.player("Ada", "admin")
    cup = await orla.opened()
    first, second = await entered(ann, cup), await entered(ben, cup)
    assert refusal(await disqualify(ben, cup, first)) == (403, "not_organiser")
    assert (await disqualify(ada, cup, first)).status_code == 200
    assert (await disqualify(orla, cup, second)).status_code == 200
    assert [each["actor"] for each in await audit_log(orla, cup, "removed")] == ["Orla", "Ada"]


async def test_an_entry_of_another_tournament_is_not_found(hall: Hall) -> None:
    orla, olga, ann = hall.players("Orla", "Olga", "Ann")
    cup, other = await orla.opened(), await olga.opened()
    entry = await entered(ann, other)
    assert refusal(await disqualify(orla, cup, entry)) == (404, "no_such_entry")
    assert await states(hall, other) == {"Ann": "entered"}


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 501}, {"reason": "a\x00b"}, []]
)
async def test_a_reason_is_required(hall: Hall, body: object) -> None:
    orla, ann = hall.players("Orla", "Ann")
    cup = await orla.opened()
    entry = await entered(ann, cup)
    answer = await orla.ask("POST", f"/{cup}/entries/{entry}/disqualification", body)
    assert answer.status_code == 400
    assert await states(hall, cup) == {"Ann": "entered"}


async def test_no_player_of_a_finished_tournament_or_draft_can_be_disqualified(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    await ann.leave(cup)
    entry = await entry_id_of(hall, cup, ben)
    assert refusal(await disqualify(orla, cup, entry)) == (409, "not_now")
    home = await orla.created(HOTSEAT)
    [alias, *_] = await hall.entries(home)
    assert refusal(await disqualify(orla, home, str(alias.id))) == (409, "not_now")


async def test_an_alias_of_a_hotseat_tournament_can_be_disqualified(hall: Hall) -> None:
    orla = hall.player("Orla")
    home = await orla.at_home("Ann", "Ben")
    [alias, _] = await hall.entries(home)
    assert (await disqualify(orla, home, str(alias.id))).json()["state"] == "disqualified"
    assert (await orla.seen(home))["state"] == "finished"


async def test_two_parallel_disqualifications_count_once(busy_hall: Hall) -> None:
    hall = busy_hall
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    ada = hall.player("Ada", "admin")
    cup = await orla.started(*people)
    entry = await entry_id_of(hall, cup, people[0])
    answers = await asyncio.gather(
        *(disqualify(each, cup, entry) for each in (orla, ada) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(await audit_log(orla, cup, "disqualified")) == 1


async def test_a_player_who_leaves_and_is_removed_in_parallel_is_out(busy_hall: Hall) -> None:
    hall = busy_hall
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.opened(size=2)
    entry = await entered(ann, cup)
    left, removed = await asyncio.gather(ann.leave(cup), disqualify(orla, cup, entry))
    assert left.status_code == 204
    assert removed.status_code in {200, 404}
    assert (await states(hall, cup)).get("Ann") in {None, "disqualified"}
    assert (await entered(ben, cup)) != entry
