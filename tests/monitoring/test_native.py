"""`make up MONITORING=1` on this machine, from start to Ctrl-C."""

import asyncio
import signal
import socket
from contextlib import aclosing

import httpx
import pytest

from tests.fixtures.launched import STOP_LIMIT_SECONDS, LaunchedPlatform, launched_platform
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.ports import HOST
from tests.monitoring.prometheus import Prometheus, until_up
from tests.platform.players import client_at, register, signed_in

pytestmark = pytest.mark.thorough

POLL_SECONDS = 0.1
PROMETHEUS = "/prometheus/api/v1/status/buildinfo"
ALERTMANAGER = "/alertmanager/api/v2/status"


async def test_monitoring_starts_and_stops_with_the_platform() -> None:
    with launched_platform({"MONITORING": "1"}) as platform:
        assert any("/prometheus/" in line and "make admin" in line for line in platform.output)
        async with aclosing(Prometheus(platform.service_url("prometheus"))) as prometheus:
            targets = await until_up(prometheus, PATIENCE_SECONDS)
        assert set(targets.values()) == {"up"}, targets
        await expect_an_administrator_sees_it(platform)
        await expect_it_comes_back(platform, "node_exporter", "node-exporter")
        listening = [port for port in vars(platform.ports).values() if is_open(port)]
        assert len(listening) == len(vars(platform.ports))
        platform.launcher.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(platform.launcher.wait, STOP_LIMIT_SECONDS) == 0
        assert not [port for port in listening if is_open(port)]


async def test_every_query_of_the_exporter_succeeds(
    watched: LaunchedPlatform,
) -> None:
    """A failing query would log an error with every scrape, among which others would be lost."""
    async with aclosing(Prometheus(watched.service_url("prometheus"))) as prometheus:
        await until_up(prometheus, PATIENCE_SECONDS)
        assert not await prometheus.query("pg_scrape_collector_success == 0")
    log = (watched.clone / ".state" / "logs" / "postgres.log").read_text()
    assert not [line for line in log.splitlines() if " monitor@" in line and "ERROR" in line]


async def expect_an_administrator_sees_it(platform: LaunchedPlatform) -> None:
    async with client_at(platform.url) as client:
        account = await register(client)
        assert await status_of(PROMETHEUS, client, account.access_token) == 403
        await asyncio.to_thread(platform.set_admin, account.username)
        account = await signed_in(client, account.username)
        for path in (PROMETHEUS, ALERTMANAGER):
            assert await status_of(path, client, account.access_token) == 200


async def status_of(path: str, client: httpx.AsyncClient, token: str) -> int:
    return (await client.get(path, headers={"Cookie": f"__Host-access={token}"})).status_code


async def expect_it_comes_back(platform: LaunchedPlatform, port: str, name: str) -> None:
    platform.process(port).kill()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(f"{name} is back" in line for line in platform.output):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
