"""Opening a draft for entries, and cancelling a tournament."""

import asyncio

import pytest

from services.tournament.tests.tournaments.organising import HOTSEAT, Hall
from tests.fixtures.clients import refusal


async def test_an_opened_tournament_is_listed_and_in_the_audit_log(hall: Hall) -> None:
    alice = hall.player("Alice")
    draft = await alice.created()
    answer = await alice.open(draft)
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert await hall.anonymous().listed() == [draft]
    assert [each.action for each in await hall.notes(draft)] == ["opened"]


async def test_opening_twice_changes_nothing(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened()
    before = await alice.seen(tournament_id)
    answer = await alice.open(tournament_id)
    assert (answer.status_code, answer.json()) == (200, before)
    assert len(await hall.notes(tournament_id)) == 1


async def test_an_administrator_can_open_a_draft(hall: Hall) -> None:
    draft = await hall.player("Alice").created()
    assert (await hall.player("Ada", "admin").open(draft)).status_code == 200


async def test_a_running_or_cancelled_tournament_cannot_be_opened(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    running, cancelled = await alice.started(bob, cleo), await alice.created()
    await alice.cancel(cancelled)
    for tournament_id in (running, cancelled):
        assert refusal(await alice.open(tournament_id)) == (409, "not_now")


@pytest.mark.parametrize("field", ["starts_at", "registration_closes_at"])
async def test_a_draft_whose_start_has_passed_cannot_be_opened(hall: Hall, field: str) -> None:
    alice = hall.player("Alice")
    draft = await alice.created(**{field: hall.in_minutes(5)})
    hall.clock.advance(seconds=300)
    assert refusal(await alice.open(draft)) == (409, "not_now")


async def test_two_parallel_openings_count_once(busy_hall: Hall) -> None:
    alice, ada = busy_hall.player("Alice"), busy_hall.player("Ada", "admin")
    draft = await alice.created()
    answers = await asyncio.gather(*(each.open(draft) for each in [alice, ada] * 5))
    assert {each.status_code for each in answers} == {200}
    assert [each.action for each in await busy_hall.notes(draft)] == ["opened"]


async def test_a_cancelled_tournament_shows_the_reason(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened()
    answer = await alice.cancel(tournament_id, "  It rains. ")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["ended_at"] is not None
    note = (await hall.notes(tournament_id))[-1]
    assert (note.action, note.reason, note.actor_name) == ("cancelled", "It rains.", "Alice")
    assert await alice.listed() == []


async def test_a_second_cancellation_keeps_the_first_reason(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened()
    first = await alice.cancel(tournament_id)
    assert (await alice.cancel(tournament_id, "Another.")).json() == first.json()
    assert [each.action for each in await hall.notes(tournament_id)] == ["opened", "cancelled"]


async def test_a_cancelled_running_tournament_has_no_match_calls(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.started(bob, cleo)
    match_calls = await bob.ask("GET", "/summons")
    assert [each["tournament_id"] for each in match_calls.json()] == [tournament_id]
    pending = await hall.client.get("/api/tournament/pending", headers=bob.person.headers)
    assert pending.json()["match_calls"] == match_calls.json()
    assert (await alice.cancel(tournament_id)).json()["state"] == "cancelled"
    assert (await bob.ask("GET", "/summons")).json() == []


async def test_a_draft_and_a_hotseat_tournament_can_be_cancelled(hall: Hall) -> None:
    alice = hall.player("Alice")
    for tournament_id in (
        await alice.created(),
        await alice.created(HOTSEAT),
        await alice.at_home("Ann", "Ben"),
    ):
        assert (await alice.cancel(tournament_id)).json()["state"] == "cancelled"


async def test_a_finished_tournament_cannot_be_cancelled(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.started(bob, cleo)
    await hall.execute("UPDATE tournaments SET state = 'finished', ended_at = now()")
    assert refusal(await alice.cancel(tournament_id)) == (409, "not_now")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "\u0000", "\u202erain"])
async def test_a_cancellation_needs_a_readable_reason(hall: Hall, reason: str) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened()
    assert refusal(await alice.cancel(tournament_id, reason)) == (400, "invalid")
    assert refusal(await alice.ask("POST", f"/{tournament_id}/cancellation")) == (400, "malformed")


async def test_parallel_start_and_cancellation_are_applied_in_one_order(busy_hall: Hall) -> None:
    alice, bob, cleo = busy_hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened()
    await busy_hall.put_in(tournament_id, bob, cleo)
    started, cancelled = await asyncio.gather(
        alice.start(tournament_id), alice.cancel(tournament_id)
    )
    assert cancelled.status_code == 200
    assert started.status_code in {200, 409}
    assert (await alice.seen(tournament_id))["state"] == "cancelled"
    actions = [each.action for each in await busy_hall.notes(tournament_id)]
    assert actions == ["opened", *(["started"] if started.is_success else []), "cancelled"]
