"""Rendered pages of a signed-in player, through the gateway: requests per second, and the CPU time of each process."""

import asyncio
from typing import Final
from uuid import UUID

import asyncpg
import httpx

from tests.bench.idle import show_memory
from tests.bench.load import load
from tests.bench.pages import FEW, WARM_UP_SECONDS, fill, new_player, rate
from tests.bench.report import figure, heading
from tests.browser.people import register_verified
from tests.fixtures.launched import LaunchedPlatform
from tests.platform.players import gateway_client
from ui.session.cookies import ACCESS_COOKIE

ENTRANTS: Final = 1024
_ENTER: Final = """
    INSERT INTO entries (id, tournament_id, player_id, name, state, entered_at)
    SELECT gen_random_uuid(), $1, gen_random_uuid(), 'player-' || number, 'entered', now()
    FROM generate_series(1, $2::int) AS number
"""
PROCESSES: Final = ("ui", "auth", "history", "tournament", "postgres", "gateway")


def measure(platform: LaunchedPlatform) -> None:
    player, player_id = asyncio.run(new_player(platform))
    asyncio.run(fill(platform, FEW, player_id))
    tournament_id = asyncio.run(start_large_tournament(platform))
    watch = {name: [platform.process(name)] for name in PROCESSES}
    heading("Rendered pages of a signed-in player (16 connections)")
    for name, path, goal in (
        ("lobby", "/lobby", "goal ≥ 250/s, ≤ 7 ms, p99 ≤ 150 ms"),
        ("profile", f"/players/{player.username}", "goal ≥ 250/s, ≤ 7 ms, p99 ≤ 150 ms"),
        ("history", "/matches", "goal ≥ 450/s, ≤ 3.5 ms"),
        ("leaderboard", "/leaderboard", "goal ≥ 450/s, ≤ 3.5 ms"),
        (
            f"bracket of {ENTRANTS:,}",
            f"/tournaments/{tournament_id}/bracket",
            "goal ≥ 250/s, ≤ 6 ms",
        ),
    ):
        url, headers = platform.url + path, {"Cookie": f"{ACCESS_COOKIE}={player.access_token}"}
        load(url, headers=headers, seconds=WARM_UP_SECONDS)
        run = load(url, headers=headers, watch=watch)
        parts = ", ".join(f"{name} {run.cpu_ms[name]:.1f}" for name in PROCESSES)
        figure(name, rate(run), f"p99 {run.p99_ms:.0f} ms ({goal})")
        figure("  CPU a page", f"{sum(run.cpu_ms.values()):.1f} ms", parts)
    show_memory(platform, "after these pages, goal ≤ 1.3 × the memory at rest")


async def start_large_tournament(platform: LaunchedPlatform) -> str:
    """Start a single elimination whose entries are inserted into tournament's database, and return its id."""
    async with gateway_client(platform) as client:
        organiser = await register_verified(platform, client)

        async def post(path: str, body: object = None) -> httpx.Response:
            answer = await client.post(
                f"/api/tournament/tournaments{path}", json=body, headers=organiser.headers
            )
            assert answer.is_success, answer.text
            return answer

        wish = {"name": "Bench", "format": "single_elimination", "size": ENTRANTS, "points": 3}
        tournament_id = str((await post("", wish)).json()["id"])
        await post(f"/{tournament_id}/opening")
        connection = await asyncpg.connect(platform.database_url("tournament"))
        await connection.execute(_ENTER, UUID(tournament_id), ENTRANTS)
        await connection.close()
        await post(f"/{tournament_id}/start")
        return tournament_id
