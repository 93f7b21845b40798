"""Log lines about tournaments, with actor and target."""

from services.tournament.tests.tournaments.entering import disqualify, entered
from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.ecs import faults
from tests.fixtures.log_lines import log_lines


async def test_a_removed_player_is_logged_as_the_target_of_the_organiser(hall: Hall) -> None:
    orla, ann = hall.players("Orla", "Ann")
    cup = await orla.opened()
    with log_lines() as lines:
        entry_id = await entered(ann, cup)
        for _ in range(2):
            await disqualify(orla, cup, entry_id)
    came, went = lines.of("entry-entered", "entry-removed")
    assert (came["user.id"], came["labels.entry_id"]) == (str(ann.id), entry_id)
    assert (went["user.id"], went["user.target.id"]) == (str(orla.id), str(ann.id))
    assert {each["labels.tournament_id"] for each in (came, went)} == {cup}
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_a_player_admitted_from_the_waiting_list_is_logged(hall: Hall) -> None:
    orla, ann, ben, cleo = hall.players("Orla", "Ann", "Ben", "Cleo")
    cup = await orla.opened(size=2)
    with log_lines() as lines:
        for each in (ann, ben, cleo):
            await entered(each, cup)
        await ann.leave(cup)
    assert [line["user.id"] for line in lines.of("entry-entered")] == [str(ann.id), str(ben.id)]
    assert [line["user.id"] for line in lines.of("entry-waiting")] == [str(cleo.id)]
    assert [line["related.user"] for line in lines.of("entries-moved-up")] == [[str(cleo.id)]]


async def test_a_start_is_logged_with_the_organiser_and_the_called_players(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.opened()
    for each in (ann, ben):
        await entered(each, cup)
    with log_lines() as lines:
        answer = await orla.ask("POST", f"/{cup}/start")
    assert answer.status_code == 200, answer.text
    [started] = lines.of("tournament-started")
    assert (started["user.id"], started["labels.tournament_id"]) == (str(orla.id), cup)
    [called] = lines.of("pairing-called")
    assert set(called["related.user"]) == {str(ann.id), str(ben.id)}
    assert (called["transcendence.pairing"], called["transcendence.round"]) == (1, 1)
    assert [fault for line in lines.all for fault in faults(line)] == []
    for name in ("Ann", "Ben", "Orla"):
        assert name not in str(lines.all)
