"""Signing in with the production parameters of Argon2id: sign-ins per core, and
the effect on other requests."""

import asyncio
import statistics
from dataclasses import dataclass, field
from time import perf_counter

import httpx

from auth.accounts.hashing import OWASP_PARAMETERS
from tests.bench.load import cpu_seconds
from tests.bench.report import figure, heading
from tests.fixtures.launched import LaunchedPlatform
from tests.platform.players import PASSWORD, Account, client_at, register

PEOPLE = 16
"""Parallel sign-ins: enough to keep the hashing threads busy, and fewer
than an address may attempt."""
TURNS = 4
TURN_SECONDS = 4.0
PACE_SECONDS = 0.01
"""Pause between the observer's requests, long enough that they are no load of their own."""
TIMEOUT_SECONDS = 30.0


@dataclass
class Turns:
    """Measurements of all turns of one kind."""

    me_seconds: list[float] = field(default_factory=list)
    sign_in_seconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    auth_cpu: float = 0.0
    postgres_cpu: float = 0.0

    @property
    def sign_ins(self) -> int:
        return len(self.sign_in_seconds)


async def measure(platform: LaunchedPlatform) -> None:
    """Measure quiet and busy turns alternately, so that noise affects both."""
    heading(f"Signing in ({_parameters()}, {PEOPLE} people at once)")
    quiet, busy = Turns(), Turns()
    async with client_at(platform.url, TIMEOUT_SECONDS) as client:
        people = [await register(client) for _ in range(PEOPLE)]
        for _ in range(TURNS):
            await _turn(platform, people[0], [], quiet)
            await _turn(platform, people[0], people, busy)
    _report(quiet, busy)


async def _turn(
    platform: LaunchedPlatform, observer: Account, people: list[Account], turns: Turns
) -> None:
    auth, postgres = [platform.process("auth")], [platform.process("postgres")]
    auth_before, postgres_before = cpu_seconds(auth), cpu_seconds(postgres)
    started = perf_counter()
    until = started + TURN_SECONDS
    await asyncio.gather(
        _look(observer, turns.me_seconds, until),
        *(_sign_in(person, turns.sign_in_seconds, until) for person in people),
    )
    turns.seconds += perf_counter() - started
    turns.auth_cpu += cpu_seconds(auth) - auth_before
    turns.postgres_cpu += cpu_seconds(postgres) - postgres_before


async def _look(observer: Account, times: list[float], until: float) -> None:
    while perf_counter() < until:
        times.append(await _timed(observer.client, "GET", "/api/user/me", observer.headers))
        await asyncio.sleep(PACE_SECONDS)


async def _sign_in(person: Account, times: list[float], until: float) -> None:
    credentials = {"username": person.username, "password": PASSWORD}
    while perf_counter() < until:
        times.append(await _timed(person.client, "POST", "/api/user/login", {}, credentials))


async def _timed(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    headers: dict[str, str],
    body: dict[str, str] | None = None,
) -> float:
    started = perf_counter()
    answer = await client.request(method, path, headers=headers, json=body)
    assert answer.status_code == httpx.codes.OK, answer.text
    return perf_counter() - started


def _parameters() -> str:
    chosen = OWASP_PARAMETERS
    return f"Argon2id m={chosen.memory_cost} KiB t={chosen.time_cost} p={chosen.parallelism}"


def _report(quiet: Turns, busy: Turns) -> None:
    cpu = busy.auth_cpu / busy.sign_ins
    figure(
        "sign-ins, both hashing threads at work",
        f"{busy.sign_ins / busy.seconds:.1f} a second",
        f"p99 {_p99(busy.sign_in_seconds):.0f} ms",
    )
    figure("  CPU in Python, hash and all", f"{cpu * 1000:.1f} ms")
    figure("  CPU in PostgreSQL", f"{busy.postgres_cpu / busy.sign_ins * 1000:.1f} ms")
    figure("sign-ins a second and core", f"{1 / cpu:.1f}")
    alone, beside = _p99(quiet.me_seconds), _p99(busy.me_seconds)
    figure(
        "reference: who am I, no sign-ins",
        f"p99 {alone:.1f} ms",
        f"median {_median(quiet.me_seconds):.1f} ms",
    )
    figure(
        "who am I, while they sign in",
        f"p99 {beside:.1f} ms",
        f"median {_median(busy.me_seconds):.1f} ms, p99 {beside / alone:.1f} × the reference",
    )


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[-1] * 1000


def _median(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000
