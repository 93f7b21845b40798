"""Export and erasure of a player's entries and tournaments."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from services.tournament.tests.tournaments.entering import (
    SWISS,
    disqualify,
    entered,
    entry_id_of,
    entry_page,
    placings,
    states,
)
from services.tournament.tests.tournaments.organising import HOTSEAT, Hall
from tournament.tournaments.models import Tournament

NAMELESS = "deleted player"


async def test_entries_are_exported(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    await ben.leave(cup)
    other = await orla.opened(name="Monday cup")
    await entered(ann, other)
    now = hall.clock().isoformat().replace("+00:00", "Z")
    played, waiting_for = (await hall.exported(ann))["tournament_entries"]
    assert played == {
        "id": await entry_id_of(hall, cup, ann),
        "tournament_id": cup,
        "tournament_name": "Sunday cup",
        "tournament_state": "finished",
        "started_at": now,
        "ended_at": now,
        "name": "Ann",
        "rating": 1500,
        "deviation": 50,
        "state": "playing",
        "entered_at": now,
        "checked_in_at": None,
        "seed": 1,
        "late": False,
        "place": 1,
    }
    assert (waiting_for["tournament_name"], waiting_for["place"]) == ("Monday cup", None)


async def test_organised_tournaments_are_exported(hall: Hall) -> None:
    orla = hall.player("Orla")
    cup, home = await orla.opened(), await orla.created(HOTSEAT)
    found = await hall.exported(orla)
    assert [(each["id"], each["kind"]) for each in found["tournaments"]] == [
        (cup, "online"),
        (home, "hotseat"),
    ]
    assert [each["action"] for each in found["tournament_notes"]] == ["opened"]
    assert (await hall.exported(hall.player("Zoe")))["tournaments"] == []


async def test_an_erasure_before_the_start_frees_the_place(hall: Hall) -> None:
    orla, ann, ben, cleo = hall.players("Orla", "Ann", "Ben", "Cleo")
    cup = await orla.opened(size=2)
    for each in (ann, ben, cleo):
        hall.clock.advance(seconds=1)
        await entered(each, cup)
    await hall.erase(ann)
    assert await states(hall, cup) == {"Ben": "entered", "Cleo": "entered"}


async def test_erasing_a_waiting_or_removed_player_leaves_nothing(hall: Hall) -> None:
    orla, ann, ben, cleo, dan = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    cup = await orla.opened(size=2)
    ids = [await entered(each, cup) for each in (ann, ben, cleo, dan)]
    await disqualify(orla, cup, ids[3], "Dan shouts; Danny too.")
    await hall.erase(cleo)
    await hall.erase(dan)
    assert await states(hall, cup) == {"Ann": "entered", "Ben": "entered"}
    [note] = [each for each in await hall.notes(cup) if each.action == "removed"]
    assert (note.subject, note.reason) == (
        NAMELESS,
        f"{NAMELESS} shouts; Danny too.",
    )


async def test_an_erased_player_of_a_running_tournament_is_withdrawn_without_a_name(
    hall: Hall,
) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    await hall.erase(ann)
    [gone, _] = (await entry_page(orla, cup))["items"]
    assert (gone["name"], gone["player_id"], gone["rating"], gone["state"], gone["place"]) == (
        NAMELESS,
        None,
        None,
        "withdrawn",
        2,
    )
    assert (await orla.seen(cup))["winner"] == "Ben"
    assert "Ann" not in (await orla.ask("GET", f"/{cup}/bracket")).text


async def test_an_erased_player_of_a_finished_tournament_keeps_the_place_without_a_name(
    hall: Hall,
) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    await ben.leave(cup)
    await hall.erase(ann)
    [gone, other] = (await entry_page(orla, cup))["items"]
    assert (gone["name"], gone["player_id"], gone["state"], gone["place"]) == (
        NAMELESS,
        None,
        "playing",
        1,
    )
    assert other["name"] == "Ben"
    assert (await hall.exported(ann))["tournament_entries"] == []
    assert (await placings(hall, ann, orla)).json()["items"] == []


async def test_audit_entries_of_corrections_do_not_name_an_erased_player(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    cup = await orla.started(*people)
    await people[0].leave(cup)
    answer = await orla.ask(
        "PUT", f"/{cup}/pairings/1/correction", {"winner": 1, "reason": "Ann was here."}
    )
    assert answer.status_code == 200, answer.text
    await hall.erase(people[0])
    audit_log = (await orla.ask("GET", f"/{cup}/audit")).text
    assert "Ann" not in audit_log
    assert NAMELESS in audit_log
    assert "Dan" in audit_log


async def test_viewers_are_signalled_about_an_erased_name(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    await ben.leave(cup)
    before = (await hall.tournament(cup)).revision
    await hall.erase(ann)
    assert (await hall.tournament(cup)).revision > before


async def test_two_erased_players_can_be_in_one_tournament(hall: Hall) -> None:
    orla, ann, ben, cleo = hall.players("Orla", "Ann", "Ben", "Cleo")
    night = await orla.started(ann, ben, cleo, wish=SWISS, rounds=2)
    for each in (ann, ben):
        await hall.erase(each)
    names = [each["name"] for each in (await entry_page(orla, night))["items"]]
    assert names == [NAMELESS, NAMELESS, "Cleo"]


async def test_tournaments_that_only_the_erased_organiser_saw_are_deleted(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    draft, home, played = await orla.created(), await orla.created(HOTSEAT), await orla.at_home()
    running = await orla.started(ann, ben)
    await hall.erase(orla)
    async with hall.db.get_session() as session:
        left = set(await session.scalars(select(Tournament.id)))
    assert left == {UUID(running)}
    assert {draft, home, played}.isdisjoint(map(str, left))
    shown = await ann.seen(running)
    assert (shown["state"], shown["organiser"]) == ("running", None)
    assert {each.actor_name for each in await hall.notes(running)} == {NAMELESS}
    assert {each.actor_id for each in await hall.notes(running)} == {None}


async def test_an_open_tournament_of_an_erased_organiser_is_cancelled(hall: Hall) -> None:
    orla, ann = hall.players("Orla", "Ann")
    by_hand, by_clock = await orla.opened(), await orla.opened(starts_at=hall.in_minutes(60))
    for each in (by_hand, by_clock):
        await entered(ann, each)
    await hall.erase(orla)
    for each in (by_hand, by_clock):
        assert (await ann.seen(each))["state"] == "cancelled"
        [*_, note] = await hall.notes(each)
        assert (note.action, note.actor_name) == ("cancelled", "the clock")


async def test_players_erased_in_parallel_free_their_places(busy_hall: Hall) -> None:
    hall = busy_hall
    orla, *people = hall.players("Orla", *(f"P{number}" for number in range(8)))
    nights = [await orla.started(*people, wish=SWISS, rounds=3) for _ in range(3)]
    cup = await orla.opened()
    await hall.put_in(cup, *people)
    await asyncio.gather(*(hall.erase(each) for each in people))
    assert await hall.entries(cup) == []
    for night in nights:
        found = await hall.entries(night)
        assert {each.player_id for each in found} == {None}
        assert {each.name for each in found} == {NAMELESS}
        assert (await hall.tournament(night)).state == "finished"


async def test_a_player_who_enters_and_is_erased_in_parallel_has_no_entry(busy_hall: Hall) -> None:
    hall = busy_hall
    orla, ann = hall.players("Orla", "Ann")
    cup = await orla.opened()
    answers, _ = await asyncio.gather(
        asyncio.gather(*(ann.enter(cup) for _ in range(10))), hall.erase(ann)
    )
    assert {each.status_code for each in answers} <= {200, 201, 403}
    assert await hall.entries(cup) == []
