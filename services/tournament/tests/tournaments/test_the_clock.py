"""The scheduled start, which happens without an organiser, once among several replicas."""

import asyncio
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.waiting import until_transactions_wait
from tournament.audit.writing import CLOCK_ACTOR_NAME
from tournament.lifecycle.postponing import POSTPONED_REASON
from tournament.lifecycle.starter import TOO_FEW_PRESENT, TournamentStarter
from tournament.tournaments import access

HOUR = 3600


def starter_of(hall: Hall) -> TournamentStarter:
    """Return the starter that runs twice a second, for a test to run."""
    starter = hall.app.dependencies["starter"].dependency()  # type: ignore[union-attr]
    assert isinstance(starter, TournamentStarter)
    return starter


async def test_a_tournament_starts_at_its_time_and_not_before(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened(starts_at=hall.in_minutes(60))
    await hall.put_in(tournament_id, bob, cleo)
    hall.clock.advance(seconds=HOUR - 1)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(tournament_id))["state"] == "open"
    hall.clock.advance(seconds=1)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(tournament_id))["state"] == "running"
    note = (await hall.notes(tournament_id))[-1]
    assert (note.action, note.actor_id, note.actor_name) == ("started", None, CLOCK_ACTOR_NAME)


async def test_a_tournament_with_fewer_than_two_players_is_cancelled(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened(starts_at=hall.in_minutes(60), check_in_minutes=10)
    await hall.put_in(tournament_id, bob, checked_in=True)
    await hall.put_in(tournament_id, cleo)
    hall.clock.advance(seconds=HOUR)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(tournament_id))["state"] == "cancelled"
    note = (await hall.notes(tournament_id))[-1]
    assert (note.action, note.actor_name, note.reason) == (
        "cancelled",
        CLOCK_ACTOR_NAME,
        TOO_FEW_PRESENT,
    )
    states = {each.name: each.state for each in await hall.entries(tournament_id)}
    assert states == {"Bob": "entered", "Cleo": "entered"}


async def test_a_start_missed_in_an_outage_gives_time_to_check_in_again(
    hall: Hall,
) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened(starts_at=hall.in_minutes(60), check_in_minutes=10)
    await hall.put_in(tournament_id, bob, checked_in=True)
    await hall.put_in(tournament_id, cleo)
    hall.clock.advance(seconds=HOUR + 61)
    for _ in range(2):
        await starter_of(hall).start_due_tournaments()
    seen = await alice.seen(tournament_id)
    assert (seen["state"], seen["checked_in"]) == ("open", 1)
    [note] = [each for each in await hall.notes(tournament_id) if each.action == "changed"]
    assert (note.actor_name, note.subject, note.reason) == (
        CLOCK_ACTOR_NAME,
        "starts_at",
        POSTPONED_REASON,
    )
    answer = await cleo.check_in(tournament_id)
    assert answer.status_code == 200, answer.text
    hall.clock.advance(seconds=600)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(tournament_id))["state"] == "running"
    assert {each.state for each in await hall.entries(tournament_id)} == {"playing"}


async def test_a_missed_start_without_check_in_is_made_up_for(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened(starts_at=hall.in_minutes(60))
    await hall.put_in(tournament_id, bob, cleo)
    hall.clock.advance(seconds=2 * HOUR)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(tournament_id))["state"] == "running"


async def test_only_open_and_due_tournaments_start(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    draft = await alice.created(starts_at=hall.in_minutes(60))
    by_hand = await alice.opened()
    cancelled = await alice.opened(starts_at=hall.in_minutes(60))
    await alice.cancel(cancelled)
    await hall.put_in(by_hand, bob, cleo)
    hall.clock.advance(seconds=2 * HOUR)
    await starter_of(hall).start_due_tournaments()
    states = [(await alice.seen(each))["state"] for each in (draft, by_hand, cancelled)]
    assert states == ["draft", "open", "cancelled"]


async def test_a_changed_start_time_counts(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened(starts_at=hall.in_minutes(60))
    await hall.put_in(tournament_id, bob, cleo)
    await alice.change(tournament_id, starts_at=hall.in_minutes(120))
    hall.clock.advance(seconds=HOUR)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(tournament_id))["state"] == "open"


async def test_parallel_replicas_and_the_organiser_start_a_tournament_once(busy_hall: Hall) -> None:
    alice, bob, cleo = busy_hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened(starts_at=busy_hall.in_minutes(60))
    await busy_hall.put_in(tournament_id, bob, cleo)
    busy_hall.clock.advance(seconds=HOUR)
    starter = starter_of(busy_hall)
    await asyncio.gather(
        *(starter.start_due_tournaments() for _ in range(5)), alice.start(tournament_id)
    )
    await starter.start_due_tournaments()
    assert (await alice.seen(tournament_id))["state"] == "running"
    assert [each.action for each in await busy_hall.notes(tournament_id)] == ["opened", "started"]


async def test_a_tournament_that_cannot_start_delays_no_other(hall: Hall) -> None:
    alice, *people = hall.players("Alice", "Bob", "Cleo", "Dan", "Eve")
    broken = await alice.opened(starts_at=hall.in_minutes(59))
    sound = await alice.opened(starts_at=hall.in_minutes(60))
    for tournament_id in (broken, sound):
        await hall.put_in(tournament_id, *people)
    # No code of ours writes such a row: a pairing before the start.
    await hall.execute(
        "INSERT INTO pairings (tournament_id, number, section, round, one, other, state, how, winner)"
        " VALUES (CAST(:id AS uuid), 99, 'round', 1, 1, 2, 'over', 'played', 1)",
        id=broken,
    )
    hall.clock.advance(seconds=HOUR)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(broken))["state"] == "open"
    assert (await alice.seen(sound))["state"] == "running"


async def test_a_tournament_whose_rows_the_database_refuses_delays_no_other(hall: Hall) -> None:
    alice, *people = hall.players("Alice", "Bob", "Cleo")
    broken = await alice.opened(starts_at=hall.in_minutes(59))
    sound = await alice.opened(starts_at=hall.in_minutes(60))
    for tournament_id in (broken, sound):
        await hall.put_in(tournament_id, *people)
    await hall.execute(
        f"ALTER TABLE entries ADD CONSTRAINT never_seeded"
        f" CHECK (seed IS NULL OR tournament_id <> '{broken}')"
    )
    hall.clock.advance(seconds=HOUR)
    await starter_of(hall).start_due_tournaments()
    assert (await alice.seen(broken))["state"] == "open"
    assert (await alice.seen(sound))["state"] == "running"


async def test_a_locked_tournament_is_started_after_the_others(
    busy_hall: Hall, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    alice, *people = busy_hall.players("Alice", "Bob", "Cleo")
    held, free = [await alice.opened(starts_at=busy_hall.in_minutes(60)) for _ in range(2)]
    for tournament_id in (held, free):
        await busy_hall.put_in(tournament_id, *people)
    busy_hall.clock.advance(seconds=HOUR)
    async with pooled_db.get_session() as session, session.begin():
        await access.lock_existing(session, UUID(held))
        await starter_of(busy_hall).start_due_tournaments()
        assert (await alice.seen(free))["state"] == "running"
        assert (await alice.seen(held))["state"] == "open"
        # The next run does wait, since constant activity in a tournament would
        # otherwise prevent its start.
        waiting = asyncio.create_task(starter_of(busy_hall).start_due_tournaments())
        await until_transactions_wait(pooled_db)
    await waiting
    assert (await alice.seen(held))["state"] == "running"
