"""Entering an open tournament."""

import asyncio
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar, Response, get
from litestar.params import FromPath

from services.tournament.tests.tournaments.entering import entered, own, states
from services.tournament.tests.tournaments.organising import HOTSEAT, Hall, hall_of
from tests.fixtures.cast import KEY
from tests.fixtures.clients import refusal
from tests.fixtures.sockets import served


async def test_an_entrant_has_a_place(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened()
    answer = await alice.enter(cup)
    assert answer.status_code == 201
    [entry] = await hall.entries(cup)
    assert answer.json() == {
        "id": str(entry.id),
        "state": "entered",
        "checked_in": False,
        "seed": None,
        "place": None,
        "line": None,
    }
    assert (entry.player_id, entry.name, entry.entered_at) == (alice.id, "Alice", hall.clock())
    assert await own(alice, cup) == answer.json()


async def test_the_rating_is_taken_from_history(db: SQLAlchemyAsyncConfig) -> None:
    @get("/api/history/players/{player_id:uuid}/rating")
    async def rating(player_id: FromPath[UUID]) -> Response[dict[str, float]]:
        assert player_id == alice.id
        return Response({"rating": 1812.5, "deviation": 61.25})

    async with (
        served(Litestar([rating])) as url,
        hall_of(db, KEY, history_url=url) as hall,
    ):
        alice = hall.player("Alice")
        cup = await hall.player("Orla").opened()
        await entered(alice, cup)
        [entry] = await hall.entries(cup)
        assert (entry.rating, entry.deviation) == (1812.5, 61.25)


async def test_a_slow_answer_of_history_delays_no_other_entrant(
    pooled_db: SQLAlchemyAsyncConfig,
) -> None:
    thinking, thought = asyncio.Event(), asyncio.Event()

    @get("/api/history/players/{player_id:uuid}/rating")
    async def rating(player_id: FromPath[UUID]) -> Response[dict[str, float]]:
        if player_id == slow.id:
            thinking.set()
            await thought.wait()
        return Response({"rating": 1600, "deviation": 60})

    async with (
        served(Litestar([rating])) as url,
        hall_of(pooled_db, KEY, history_url=url) as hall,
    ):
        slow, quick = hall.players("Slow", "Quick")
        cup = await hall.player("Orla").opened()
        entering = asyncio.create_task(slow.enter(cup))
        await thinking.wait()
        await entered(quick, cup)
        was_waiting = not entering.done()
        # Otherwise a failure would leave history waiting for ever.
        thought.set()
        assert was_waiting
        assert (await entering).status_code == 201
        assert len(await hall.entries(cup)) == 2


async def test_every_entrant_counts_as_new_without_history(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened()
    await entered(alice, cup)
    [entry] = await hall.entries(cup)
    assert (entry.rating, entry.deviation) == (1500, 350)


async def test_entering_again_returns_the_same_entry(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened()
    first = await alice.enter(cup)
    hall.clock.advance(seconds=60)
    again = await alice.renamed("Alicia").enter(cup)
    assert (again.status_code, again.json()) == (200, first.json())
    [entry] = await hall.entries(cup)
    assert entry.name == "Alice"


async def test_the_name_remains_as_it_was_at_entry(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened()
    await entered(alice, cup)
    await orla.renamed("Alice").enter(cup)
    assert [each.name for each in await hall.entries(cup)] == ["Alice", "Alice"]


async def test_the_organiser_may_play(hall: Hall) -> None:
    orla = hall.player("Orla")
    await entered(orla, await orla.opened())


async def test_an_own_draft_or_hotseat_tournament_cannot_be_entered(hall: Hall) -> None:
    orla = hall.player("Orla")
    for own_one in (await orla.created(), await orla.created(HOTSEAT)):
        assert refusal(await orla.enter(own_one)) == (409, "closed")


async def test_entering_is_refused_after_registration_has_closed(hall: Hall) -> None:
    orla, alice, bob = hall.players("Orla", "Alice", "Bob")
    cup = await orla.opened(registration_closes_at=hall.in_minutes(10))
    await entered(alice, cup)
    hall.clock.advance(seconds=600)
    assert refusal(await bob.enter(cup)) == (409, "closed")
    assert (await alice.enter(cup)).status_code == 200


async def test_entering_is_refused_after_the_scheduled_start(hall: Hall) -> None:
    orla, alice, bob = hall.players("Orla", "Alice", "Bob")
    cup = await orla.opened(starts_at=hall.in_minutes(10))
    hall.clock.advance(seconds=599)
    await entered(alice, cup)
    hall.clock.advance(seconds=1)
    assert refusal(await bob.enter(cup)) == (409, "closed")


async def test_a_cancelled_tournament_cannot_be_entered(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened()
    await orla.cancel(cup)
    assert refusal(await alice.enter(cup)) == (409, "closed")


async def test_a_tournament_by_invitation_needs_the_invitation(hall: Hall) -> None:
    orla, alice, bob = hall.players("Orla", "Alice", "Bob")
    cup = await orla.opened(visibility="link")
    invitation = (await orla.seen(cup))["invitation"]
    for wrong in (None, "", invitation[:-1], "ü", "\x00"):
        assert refusal(await alice.enter(cup, wrong)) == (403, "invitation_needed")
    await entered(alice, cup, invitation)
    assert (await alice.enter(cup)).status_code == 200
    assert await states(hall, cup) == {"Alice": "entered"}
    assert refusal(await bob.enter(cup)) == (403, "invitation_needed")


async def test_half_a_character_is_not_a_valid_invitation(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened(visibility="link")
    answer = await hall.client.post(
        f"/api/tournament/tournaments/{cup}/entries",
        content=rb'{"invitation": "\ud800"}',
        headers={**alice.person.headers, "Content-Type": "application/json"},
    )
    assert answer.status_code in {400, 403}


async def test_twenty_parallel_requests_create_one_entry(busy_hall: Hall) -> None:
    orla, alice = busy_hall.players("Orla", "Alice")
    cup = await orla.opened()
    answers = await asyncio.gather(*(alice.enter(cup) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_viewers_are_signalled_about_an_entry(hall: Hall) -> None:
    """Pages compare the revision."""
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened()
    before = (await hall.tournament(cup)).revision
    await alice.enter(cup)
    entered_at = (await hall.tournament(cup)).revision
    await alice.enter(cup)
    assert before < entered_at == (await hall.tournament(cup)).revision


async def test_entries_and_withdrawals_are_counted(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await orla.opened()
    before = await _counted(hall)
    for _ in range(2):
        await alice.enter(cup)
    for _ in range(2):
        await alice.leave(cup)
    after = await _counted(hall)
    assert {name: after[name] - before.get(name, 0) for name in ("entered", "left")} == {
        "entered": 1,
        "left": 1,
    }


async def _counted(hall: Hall) -> dict[str, float]:
    start = 'tournament_entries_total{coming="'
    lines = (await hall.client.get("/metrics")).text.splitlines()
    return {
        line.removeprefix(start).split('"')[0]: float(line.rsplit(" ", 1)[1])
        for line in lines
        if line.startswith(start)
    }
