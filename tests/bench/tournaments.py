"""Tournaments of 1,024 players: the time to fill, seed, start and show them,
and to draw a round of Swiss."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import median
from time import perf_counter

import httpx

from tests.bench.live import Stage, stage
from tests.bench.report import figure, heading
from tests.fixtures.cast import Person
from tests.fixtures.clients import client_of
from tournament.bracket.facts import Bracket, BracketSetup, DrawnPairing, Facts, Outcome
from tournament.bracket.settling import bracket_from_facts
from ui.app import create_app
from ui.settings import UiSettings

PLAYERS = 1024
AT_ONCE = 16
ALIASES = 64
GOAL_ALIASES_MS = 400
UNUSED_ADDRESS = "http://127.0.0.1:9"
SHOWN_TIMES = 5
SWISS_ROUNDS = 10
GOAL_PAIRING_SECONDS = 1
GOAL_PAGE_MS = 150
FORMATS: tuple[dict[str, object], ...] = (
    {"format": "single_elimination"},
    {"format": "double_elimination"},
    {"format": "swiss"},
)


def measure() -> None:
    asyncio.run(_measure())


async def _measure() -> None:
    heading(f"Swiss rounds of {PLAYERS}, drawn one after the other (the rules alone)")
    draw_rounds()
    for wish in FORMATS:
        heading(f"A tournament of {PLAYERS}: {wish['format']}")
        async with stage() as here, pages_of(here) as pages:
            await measure_one(here, pages, wish)
    heading(f"A tournament of {ALIASES} names at one keyboard, by API")
    async with stage() as here:
        await measure_aliases(here)


def draw_rounds() -> None:
    setup = BracketSetup(format="swiss", entrants=PLAYERS, rounds=SWISS_ROUNDS)
    facts = Facts(setup=setup)
    worst = 0.0
    for _ in range(SWISS_ROUNDS):
        began = perf_counter()
        bracket = bracket_from_facts(facts)
        worst = max(worst, perf_counter() - began)
        facts = better_seeds_win(facts, bracket)
    figure(
        f"the slowest of {SWISS_ROUNDS} rounds",
        f"{worst * 1000:.0f} ms",
        f"goal < {GOAL_PAIRING_SECONDS} s",
    )


def better_seeds_win(facts: Facts, bracket: Bracket) -> Facts:
    outcomes = dict(facts.outcomes)
    for each in bracket.pairings:
        if each.ready and each.one and each.other:
            outcomes[each.number] = Outcome("played", min(each.one, each.other), 3, 1)
    drawn = tuple(
        DrawnPairing(each.number, each.round, each.one or 0, each.other or 0)
        for each in bracket.pairings
    )
    return Facts(setup=facts.setup, outcomes=outcomes, drawn=drawn)


async def measure_one(here: Stage, pages: httpx.AsyncClient, wish: dict[str, object]) -> None:
    organiser = Person("Organiser", here.key, roles=("player",))
    people = [Person(f"player-{number}", here.key, roles=("player",)) for number in range(PLAYERS)]
    async with httpx.AsyncClient(base_url=here.replica.url, timeout=60) as client:

        async def ask(
            person: Person, method: str, path: str, body: object = None
        ) -> httpx.Response:
            answer = await client.request(
                method, f"/api/tournament{path}", json=body, headers=person.headers
            )
            assert answer.is_success, answer.text
            return answer

        created = await ask(
            organiser,
            "POST",
            "/tournaments",
            {"name": "Bench", "size": PLAYERS, "points": 3, **wish},
        )
        path = f"/tournaments/{created.json()['id']}"
        await ask(organiser, "POST", f"{path}/opening")

        turn = asyncio.Semaphore(AT_ONCE)

        async def enter(person: Person) -> None:
            async with turn:
                await ask(person, "POST", f"{path}/entries", {})

        began = perf_counter()
        await asyncio.gather(*map(enter, people))
        figure(f"{PLAYERS} enter", f"{perf_counter() - began:.1f} s")

        began = perf_counter()
        await ask(organiser, "PUT", f"{path}/seeding", {"method": "random"})
        figure("seeded at random", f"{(perf_counter() - began) * 1000:.0f} ms")

        began = perf_counter()
        await ask(organiser, "POST", f"{path}/start")
        figure(
            "started: seeds given, paired, everybody called",
            f"{(perf_counter() - began) * 1000:.0f} ms",
            f"goal < {GOAL_PAIRING_SECONDS} s",
        )

        await show(
            "the bracket as JSON",
            lambda: ask(organiser, "GET", f"{path}/bracket"),
        )
        await show(
            "the bracket's page",
            lambda: pages.get(f"{path}/bracket"),
            f"goal < {GOAL_PAGE_MS} ms",
        )


async def measure_aliases(here: Stage) -> None:
    """Measure the requests from names to a bracket in which the first match is called."""
    host = Person("Host", here.key, roles=("player",))
    wish = {
        "kind": "hotseat",
        "format": "single_elimination",
        "name": "Bench",
        "points": 3,
        "size": ALIASES,
        "aliases": [f"Player {number}" for number in range(ALIASES)],
    }
    async with httpx.AsyncClient(
        base_url=f"{here.replica.url}/api/tournament/tournaments", headers=host.headers
    ) as client:
        began = perf_counter()
        created = await client.post("", json=wish)
        assert created.is_success, created.text
        path = f"/{created.json()['id']}"
        started = await client.post(f"{path}/start")
        bracket = await client.get(f"{path}/bracket")
    for answer in (started, bracket):
        assert answer.is_success, answer.text
    figure(
        "entered, started, bracket: 3 requests",
        f"{(perf_counter() - began) * 1000:.0f} ms",
        f"goal ≤ {GOAL_ALIASES_MS} ms",
    )


async def show(name: str, get: Callable[[], Awaitable[httpx.Response]], goal: str = "") -> None:
    seconds = []
    for _ in range(SHOWN_TIMES):
        began = perf_counter()
        answer = await get()
        seconds.append(perf_counter() - began)
        assert answer.is_success, answer.status_code
    size, small = len(answer.content), len(gzip.compress(answer.content, 6))
    figure(
        name,
        f"{median(seconds) * 1000:.0f} ms",
        f"{goal + '; ' if goal else ''}{size / 1000:.0f} kB, {small / 1000:.0f} kB compressed",
    )


@asynccontextmanager
async def pages_of(here: Stage) -> AsyncGenerator[httpx.AsyncClient, None]:
    """Serve ui in this process, connected to the running service, for a
    visitor without an account."""
    settings = UiSettings(
        environment="test",
        log_level="WARNING",
        tournament_url=here.replica.url,
        auth_url=UNUSED_ADDRESS,
    )
    async with client_of(create_app(settings, keys=here.key)) as client:
        yield client


if __name__ == "__main__":
    measure()
