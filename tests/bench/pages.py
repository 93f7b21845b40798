"""An authenticated page of twenty matches through the gateway, and the
cost of checking its token."""

import asyncio
import statistics
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil

from tests.bench.load import Load, load
from tests.bench.report import figure, heading
from tests.bench.unchecked import gateway_without_check, wait_until_open
from tests.fixtures.launched import LaunchedPlatform
from tests.platform.players import Account, gateway_client, register

ROOT = Path(__file__).parents[2]
MILLION = (ROOT / "services/history/tests/million.sql").read_text()
FEW = MILLION.replace("generate_series(1, 1000000)", "generate_series(1, 1000)")
PAGE = "/api/history/matches?limit=20"
TURNS = 12
TURN_SECONDS = 2
WARM_UP_SECONDS = 2


def measure(platform: LaunchedPlatform) -> None:
    player, player_id = asyncio.run(new_player(platform))
    watch = {
        "history": [platform.process("history")],
        "postgres": [platform.process("postgres")],
        "gateway": [platform.process("gateway")],
    }
    heading("A page of 20 matches, authenticated, through TLS and the gateway (16 connections)")
    static = load(platform.url + static_file(platform), watch={"gateway": watch["gateway"]})
    figure("reference: nginx, a static file", rate(static), f"p99 {static.p99_ms:.0f} ms")
    bare = measure_bare()
    figure("reference: bare Litestar handler, no gateway", rate(bare), f"p99 {bare.p99_ms:.0f} ms")
    for name, rows in (("1,000 matches in the table", FEW), ("1,000,000 matches", MILLION)):
        asyncio.run(fill(platform, rows, player_id))
        url = platform.url + PAGE
        load(url, headers=player.headers, seconds=WARM_UP_SECONDS)
        page = load(url, headers=player.headers, watch=watch)
        inside = page.cpu_ms["history"] + page.cpu_ms["postgres"]
        figure(
            name,
            rate(page),
            f"p99 {page.p99_ms:.0f} ms, {page.per_second / bare.per_second:.2f} × bare Litestar",
        )
        figure("  CPU in Python and PostgreSQL", f"{inside:.3f} ms", "goal < 0.8 ms")
        figure("  CPU in nginx", f"{page.cpu_ms['gateway']:.3f} ms")
    measure_check(platform, player)


def measure_check(platform: LaunchedPlatform, player: Account) -> None:
    """Measure the same page with and without the check in short turns,
    so that noise affects both."""
    heading("The token check at the gateway")
    turns: dict[str, list[Load]] = {"with": [], "without": []}
    with gateway_without_check(platform) as (url, unchecked):
        gateways = {
            "with": (platform.url, platform.process("gateway")),
            "without": (url, unchecked),
        }
        for turn in range(TURNS):
            # The order alternates, since the second run finds a warmer machine.
            for name in sorted(gateways, reverse=turn % 2 == 0):
                address, process = gateways[name]
                run = load(
                    address + PAGE,
                    headers=player.headers,
                    watch={"nginx": [process], "history": [platform.process("history")]},
                    seconds=TURN_SECONDS,
                )
                turns[name].append(run)
    for name, runs in turns.items():
        rates = [run.per_second for run in runs]
        figure(
            f"{name} the check (median of {TURNS}; lowest, highest)",
            f"{statistics.median(rates):,.0f} requests/s",
            f"{min(rates):,.0f} to {max(rates):,.0f}",
        )
    ratios = [
        a.per_second / b.per_second for a, b in zip(turns["with"], turns["without"], strict=True)
    ]
    figure(
        "cost in throughput (median of the turns' ratios)",
        f"{100 * (1 - statistics.median(ratios)):+.1f} %",
        "goal < 3 %",
    )
    more = median_cpu(turns["with"]) - median_cpu(turns["without"])
    figure("cost in nginx's CPU", f"{more:+.3f} ms a request")


def median_cpu(runs: list[Load]) -> float:
    return statistics.median(run.cpu_ms["nginx"] for run in runs)


def measure_bare() -> Load:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        wait_until_open(urlsplit(url).port or 0)
        load(url, seconds=WARM_UP_SECONDS)
        return load(url, watch={"python": [psutil.Process(server.pid)]})
    finally:
        server.terminate()
        server.wait()


async def new_player(platform: LaunchedPlatform) -> tuple[Account, str]:
    async with gateway_client(platform) as client:
        player = await register(client)
        me = await client.get("/api/user/me", headers=player.headers)
        return player, me.json()["id"]


async def fill(platform: LaunchedPlatform, rows: str, player_id: str) -> None:
    """Insert matches directly into history's database, with the service's own role."""
    connection = await asyncpg.connect(platform.database_url("history"))
    async with connection.transaction():
        await connection.execute("TRUNCATE matches, participations, player_totals CASCADE")
        await connection.execute("SELECT set_config('bench.player', $1, true)", player_id)
        await connection.execute(rows)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def static_file(platform: LaunchedPlatform) -> str:
    """Return the address of the smallest file of the release."""
    assets = Path(platform.process("ui").environ()["ASSETS_DIR"])
    smallest = min(
        (path for path in (assets / "static").rglob("*.svg")), key=lambda path: path.stat().st_size
    )
    return f"/{smallest.relative_to(assets)}"


def rate(run: Load) -> str:
    return f"{run.per_second:,.0f} requests/s"
