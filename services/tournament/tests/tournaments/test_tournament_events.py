"""The stream that says that a tournament's page may look different."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from services.tournament.tests.matchmaking.lobby import refusal, until
from services.tournament.tests.tournaments.organising import HOTSEAT, Attendee, Hall
from transcendence_common.ids import new_id


class Page:
    """An open stream and what it has said so far."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @property
    def signals(self) -> int:
        return self.lines.count("event: changed")

    async def hears(self, signals: int) -> None:
        await until(lambda: self.signals >= signals)


@asynccontextmanager
async def page(reader: Attendee, tournament_id: str) -> AsyncGenerator[Page, None]:
    seen = Page()
    async with reader.hall.client.stream(
        "GET",
        f"/api/tournament/tournaments/{tournament_id}/events",
        headers=reader.person.headers,
        timeout=None,
    ) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        reading = asyncio.create_task(_read(answer, seen))
        await seen.hears(1)
        yield seen
        reading.cancel()


async def _read(answer: httpx.Response, seen: Page) -> None:
    async for line in answer.aiter_lines():
        seen.lines.append(line)


async def test_whoever_looks_hears_of_each_step(live_hall: Hall) -> None:
    alice, bob, cleo = live_hall.players("Alice", "Bob", "Cleo")
    tournament_id, other = await alice.opened(), await alice.opened()
    await live_hall.put_in(tournament_id, bob, cleo)
    async with page(live_hall.nobody(), tournament_id) as seen, page(alice, other) as quiet:
        await alice.change(tournament_id, name="Winter cup")
        await seen.hears(2)
        await alice.seed(tournament_id, "random")
        await seen.hears(3)
        await alice.start(tournament_id)
        await seen.hears(4)
        await alice.cancel(tournament_id)
        await seen.hears(5)
        assert quiet.signals == 1


async def test_organiser_hears_of_a_draft_that_nobody_else_sees(live_hall: Hall) -> None:
    alice = live_hall.player("Alice")
    draft = await alice.created()
    async with page(alice, draft) as seen:
        await alice.open(draft)
        await seen.hears(2)


async def test_nobody_hears_of_what_they_cannot_see(hall: Hall) -> None:
    alice, bob = hall.players("Alice", "Bob")
    for tournament_id in (await alice.created(), await alice.created(HOTSEAT), str(new_id())):
        for reader in (bob, hall.nobody()):
            answer = await reader.ask("GET", f"/{tournament_id}/events")
            assert refusal(answer) == (404, "no_such_tournament")
