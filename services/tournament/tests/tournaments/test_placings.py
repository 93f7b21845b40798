"""The tournaments in a player's history."""

from services.tournament.tests.tournaments.entering import SWISS, entered, placings
from services.tournament.tests.tournaments.organising import Attendee, Hall


async def ids_of(hall: Hall, player: Attendee, reader: Attendee) -> list[str]:
    answer = await placings(hall, player, reader)
    assert answer.status_code == 200, answer.text
    return [each["tournament_id"] for each in answer.json()["items"]]


async def test_places_are_in_the_history_of_both_players(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    now = hall.clock().isoformat().replace("+00:00", "Z")
    answer = await placings(hall, ann, hall.anonymous())
    running = {
        "tournament_id": cup,
        "name": "Sunday cup",
        "format": "single_elimination",
        "state": "running",
        "entrants": 2,
        "place": None,
        "started_at": now,
        "ended_at": None,
    }
    assert answer.json() == {"items": [running], "next_cursor": None}
    await ben.leave(cup)
    finished = {**running, "state": "finished", "ended_at": now}
    for player, place in ((ann, 1), (ben, 2)):
        answer = await placings(hall, player, hall.anonymous())
        assert answer.json()["items"] == [{**finished, "place": place}]


async def test_late_entries_count_as_entrants(hall: Hall) -> None:
    orla, *people, late = hall.players("Orla", "Ann", "Ben", "Cleo", "Eve")
    night = await orla.started(*people, wish=SWISS)
    await entered(late, night)
    [shown] = (await placings(hall, late, orla)).json()["items"]
    assert shown["entrants"] == 4


async def test_unstarted_and_cancelled_tournaments_are_not_in_the_history(hall: Hall) -> None:
    orla, ann, ben, cleo = hall.players("Orla", "Ann", "Ben", "Cleo")
    await entered(ann, await orla.opened())
    await orla.cancel(await orla.started(ann, ben))
    cup = await orla.opened(size=2)
    await hall.put_in(cup, ann, ben)
    await hall.put_in(cup, cleo, state="waiting")
    await orla.start(cup)
    assert await ids_of(hall, ann, ann) == [cup]
    assert await ids_of(hall, cleo, cleo) == []
    assert await ids_of(hall, orla, orla) == []


async def test_tournaments_by_invitation_are_shown_to_the_player_only(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben, visibility="link")
    assert await ids_of(hall, ann, ann) == [cup]
    for reader in (ben, orla, hall.anonymous()):
        assert await ids_of(hall, ann, reader) == []


async def test_the_history_is_newest_first_page_by_page(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cups = [await orla.started(ann, ben) for _ in range(3)]
    first = (await placings(hall, ann, ann, limit=2)).json()
    assert [each["tournament_id"] for each in first["items"]] == [cups[2], cups[1]]
    second = (await placings(hall, ann, ann, limit=2, cursor=first["next_cursor"])).json()
    assert [each["tournament_id"] for each in second["items"]] == [cups[0]]
    assert second["next_cursor"] is None


async def test_the_history_of_an_unknown_player_is_empty(hall: Hall) -> None:
    assert await ids_of(hall, hall.player("Zoe"), hall.anonymous()) == []
