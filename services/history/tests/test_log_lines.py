"""What operators read of matches that came in."""

from services.history.tests.arcade import Arcade
from services.history.tests.online import deliver, delivered, online_match
from tests.fixtures.cast import ALICE, BOB
from tests.fixtures.ecs import faults
from tests.fixtures.log_lines import log_lines


async def test_a_match_of_one_browser_is_followed_from_ticket_to_record(arcade: Arcade) -> None:
    with log_lines() as lines:
        record = await arcade.stored(ALICE)
    assert lines.of_match(record["id"]) == ["ticket-given", "match-verified"]
    happened = lines.of("ticket-given", "match-verified")
    assert {line["user.id"] for line in happened} == {str(ALICE.id)}
    assert happened[1]["transcendence.ticks"] == record["ticks"]
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_a_refused_match_says_which_whose_and_why(arcade: Arcade) -> None:
    ticket = await arcade.ticket(ALICE)
    inputs = arcade.play(ticket)
    with log_lines() as lines:
        await arcade.send(BOB, ticket, inputs)
        await arcade.send(ALICE, ticket, {**inputs, "ticks": inputs["ticks"] + 1})
        await arcade.send(ALICE, "made-up", inputs)
    match_id = str(arcade.claims(ticket).match_id)
    assert [
        (line["event.reason"], line["user.id"], line.get("labels.match_id"))
        for line in lines.of("match-refused")
    ] == [
        ("ticket_foreign", str(BOB.id), match_id),
        ("log_runs_on", str(ALICE.id), match_id),
        ("ticket_forged", str(ALICE.id), None),
    ]
    assert "made-up" not in str(lines.all)
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_a_rated_match_says_who_gained_what(arcade: Arcade) -> None:
    with log_lines() as lines:
        record = await delivered(arcade, ALICE, BOB, "right")
    assert lines.of_match(record["id"]) == ["match-rated", "match-verified"]
    rated, verified = lines.of("match-rated", "match-verified")
    assert (rated["labels.winner_id"], rated["labels.loser_id"]) == (str(BOB.id), str(ALICE.id))
    assert rated["transcendence.winner_gain"] > 0 > rated["transcendence.loser_gain"]
    assert set(verified["related.user"]) == {str(ALICE.id), str(BOB.id)}
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_another_match_under_the_same_id_is_refused_by_name(arcade: Arcade) -> None:
    record = await delivered(arcade, ALICE, BOB)
    with log_lines() as lines:
        await deliver(arcade, ALICE, online_match(ALICE, BOB, "right", match_id=record["id"]))
    [refused] = lines.of("match-refused")
    assert (refused["event.reason"], refused["labels.match_id"]) == (
        "other_match_stored",
        record["id"],
    )
    assert set(refused["related.user"]) == {str(ALICE.id), str(BOB.id)}
