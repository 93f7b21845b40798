"""Log lines about submitted matches."""

from services.history.tests.arcade import Arcade
from services.history.tests.online import deliver, delivered, online_match
from tests.fixtures.cast import ALICE, BOB
from tests.fixtures.ecs import faults
from tests.fixtures.log_lines import log_lines


async def test_a_match_can_be_followed_from_ticket_to_record(arcade: Arcade) -> None:
    with log_lines() as lines:
        record = await arcade.stored(ALICE)
    assert lines.of_match(record["id"]) == ["ticket-given", "match-verified"]
    happened = lines.of("ticket-given", "match-verified")
    assert {line["user.id"] for line in happened} == {str(ALICE.id)}
    assert happened[1]["transcendence.ticks"] == record["ticks"]
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_a_refused_match_is_logged_with_id_player_and_reason(arcade: Arcade) -> None:
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


async def test_a_rated_match_is_logged_with_the_changes_of_ratings(arcade: Arcade) -> None:
    with log_lines() as lines:
        record = await delivered(arcade, ALICE, BOB, "right")
    assert lines.of_match(record["id"]) == ["match-rated", "match-verified"]
    rated, verified = lines.of("match-rated", "match-verified")
    assert (rated["labels.winner_id"], rated["labels.loser_id"]) == (str(BOB.id), str(ALICE.id))
    assert rated["transcendence.winner_gain"] > 0 > rated["transcendence.loser_gain"]
    assert set(verified["related.user"]) == {str(ALICE.id), str(BOB.id)}
    assert [fault for line in lines.all for fault in faults(line)] == []


async def test_another_match_under_the_same_id_is_logged_as_a_refusal(arcade: Arcade) -> None:
    record = await delivered(arcade, ALICE, BOB)
    with log_lines() as lines:
        await deliver(arcade, ALICE, online_match(ALICE, BOB, "right", match_id=record["id"]))
    [refused] = lines.of("match-refused")
    assert (refused["event.reason"], refused["labels.match_id"]) == (
        "other_match_stored",
        record["id"],
    )
    assert set(refused["related.user"]) == {str(ALICE.id), str(BOB.id)}
