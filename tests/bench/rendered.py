"""Rendered pages of a signed-in player, through the gateway: requests per second, and the CPU time of each process."""

import asyncio
from typing import Final

from tests.bench.idle import show_memory
from tests.bench.load import load
from tests.bench.pages import FEW, WARM_UP_SECONDS, fill, new_player, rate
from tests.bench.report import figure, heading
from tests.fixtures.launched import LaunchedPlatform
from ui.session.cookies import ACCESS_COOKIE

PROCESSES: Final = ("ui", "auth", "history", "tournament", "postgres", "gateway")


def measure(platform: LaunchedPlatform) -> None:
    player, player_id = asyncio.run(new_player(platform))
    asyncio.run(fill(platform, FEW, player_id))
    watch = {name: [platform.process(name)] for name in PROCESSES}
    heading("Rendered pages of a signed-in player (16 connections)")
    for name, path, goal in (
        ("lobby", "/lobby", "goal ≥ 250/s, ≤ 7 ms, p99 ≤ 150 ms"),
        ("profile", f"/players/{player.username}", "goal ≥ 250/s, ≤ 7 ms, p99 ≤ 150 ms"),
        ("history", "/matches", "goal ≥ 450/s, ≤ 3.5 ms"),
        ("leaderboard", "/leaderboard", "goal ≥ 450/s, ≤ 3.5 ms"),
    ):
        url, headers = platform.url + path, {"Cookie": f"{ACCESS_COOKIE}={player.access_token}"}
        load(url, headers=headers, seconds=WARM_UP_SECONDS)
        run = load(url, headers=headers, watch=watch)
        parts = ", ".join(f"{name} {run.cpu_ms[name]:.1f}" for name in PROCESSES)
        figure(name, rate(run), f"p99 {run.p99_ms:.0f} ms ({goal})")
        figure("  CPU a page", f"{sum(run.cpu_ms.values()):.1f} ms", parts)
    show_memory(platform, "after these pages, goal ≤ 1.3 × the memory at rest")
