"""The stream of changes of a tournament's page."""

from contextlib import AbstractAsyncContextManager

from services.tournament.tests.tournaments.organising import Attendee, Hall
from tests.fixtures.streams import OpenPage, open_page


def page(reader: Attendee, tournament_id: str) -> AbstractAsyncContextManager[OpenPage]:
    path = f"/api/tournament/tournaments/{tournament_id}/events"
    return open_page(reader.hall.client, path, reader.person.headers, event="changed")


async def test_viewers_are_signalled_about_each_step(live_hall: Hall) -> None:
    alice, bob, cleo = live_hall.players("Alice", "Bob", "Cleo")
    tournament_id, other = await alice.opened(), await alice.opened()
    await live_hall.put_in(tournament_id, bob, cleo)
    async with page(live_hall.anonymous(), tournament_id) as seen, page(alice, other) as quiet:
        await alice.change(tournament_id, name="Winter cup")
        await seen.hears_at_least(2)
        await alice.seed(tournament_id, "random")
        await seen.hears_at_least(3)
        await alice.start(tournament_id)
        await seen.hears_at_least(4)
        await alice.cancel(tournament_id)
        await seen.hears_at_least(5)
        assert quiet.signals == 1


async def test_the_organiser_is_signalled_about_a_draft(live_hall: Hall) -> None:
    alice = live_hall.player("Alice")
    draft = await alice.created()
    async with page(alice, draft) as seen:
        await alice.open(draft)
        await seen.hears_at_least(2)
