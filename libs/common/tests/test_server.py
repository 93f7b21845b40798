"""A real server process and its shutdown."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.ports import free_ports

pytestmark = pytest.mark.thorough

APP = """
import asyncio
import sys
from litestar import Litestar, get, post
from transcendence_common.health import health_controller
from transcendence_common.server import serve
from transcendence_common.settings import Settings

@get("/slow")
async def slow() -> str:
    print("begun", flush=True)
    await asyncio.sleep(0.5)
    return "done"

@post("/notes")
async def write() -> str:
    return "written"

def create_app() -> Litestar:
    return Litestar([slow, write, health_controller({})])

if __name__ == "__main__":
    serve("sample_app:create_app", Settings.load(), port=int(sys.argv[1]))
"""
LOGGING_APP = """
from litestar import Litestar
from transcendence_common.logging import logging_config
from transcendence_common.server import serve
from transcendence_common.settings import Settings

def create_app() -> Litestar:
    return Litestar(logging_config=logging_config("sample", Settings.load()))

if __name__ == "__main__":
    serve("logging_app:create_app", Settings.load(), port=9)
"""
DRAIN_SECONDS = 1.5
LONG_DRAIN_SECONDS = 60.0
STOP_LIMIT_SECONDS = 5
"""uvicorn checks for shutdown ten times a second; the rest is a margin for a busy machine."""

ENDED = {0, -signal.SIGTERM}
"""uvicorn ends with the signal that it got, but the first process of a container
survives that and ends with 0."""


@dataclass
class Running:
    process: Process
    url: str
    client: httpx.AsyncClient

    def send(self, sent: signal.Signals) -> float:
        self.process.send_signal(sent)
        return time.monotonic()

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), DRAIN_SECONDS + STOP_LIMIT_SECONDS)

    async def until_started(self) -> None:
        """Wait for an answer: connections are accepted before uvicorn has started, and a signal
        would not drain then."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    await self.client.get("/health/live")
                except httpx.ConnectError:
                    await asyncio.sleep(0.02)
                else:
                    return

    async def until_draining(self) -> None:
        async with asyncio.timeout(STOP_LIMIT_SECONDS):
            while True:
                if (await self.client.get("/health/ready")).status_code == 503:
                    return
                await asyncio.sleep(0.01)


@asynccontextmanager
async def running(folder: Path, drain_seconds: float = 0) -> AsyncGenerator[Running, None]:
    port = free_ports(1)[0]
    (folder / "sample_app.py").write_text(APP)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "sample_app.py", str(port)),
        cwd=folder,
        stdout=PIPE,
        env={**os.environ, "DRAIN_SECONDS": str(drain_seconds)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
            server = Running(process, url, client)
            await server.until_started()
            yield server
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("drain_seconds", [0, 0.2])
async def test_a_running_request_is_finished_before_the_process_ends(
    tmp_path: Path, stop: signal.Signals, drain_seconds: float
) -> None:
    async with running(tmp_path, drain_seconds) as server:
        request = asyncio.create_task(server.client.get("/slow"))
        assert server.process.stdout is not None
        assert await server.process.stdout.readline() == b"begun\n"
        server.send(stop)
        assert (await request).text == "done"
        assert await server.ended() in ENDED


async def test_a_draining_process_serves_everything_and_then_ends(tmp_path: Path) -> None:
    async with running(tmp_path, DRAIN_SECONDS) as server:
        assert (await server.client.get("/health/ready")).status_code == 200
        stopped_at = server.send(signal.SIGTERM)
        await server.until_draining()
        served = 0
        while time.monotonic() < stopped_at + DRAIN_SECONDS - 0.3:
            # The client of `server` keeps its connection, the other one opens a new one.
            async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_SECONDS) as newcomer:
                for client in (server.client, newcomer):
                    assert (await client.post("/notes")).text == "written"
                    assert (await client.get("/health/live")).status_code == 200
                    ready = await client.get("/health/ready")
                    assert (ready.status_code, ready.json()["status"]) == (503, "draining")
            served += 1
            await asyncio.sleep(0.05)
        assert served > 3
        assert await server.ended() in ENDED
        assert time.monotonic() - stopped_at >= DRAIN_SECONDS


async def test_a_draining_process_closes_its_connections(tmp_path: Path) -> None:
    """A client with an open connection would sooner or later write into
    it while the process ends."""
    async with running(tmp_path, DRAIN_SECONDS) as server:
        assert "connection" not in (await server.client.get("/health/live")).headers
        stopped_at = server.send(signal.SIGTERM)
        await server.until_draining()
        # Longer than uvicorn caches its own headers.
        while time.monotonic() < stopped_at + DRAIN_SECONDS - 0.3:
            assert (await server.client.post("/notes")).headers["connection"] == "close"
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_the_drain_at_once(
    tmp_path: Path, second: signal.Signals
) -> None:
    async with running(tmp_path, LONG_DRAIN_SECONDS) as server:
        server.send(signal.SIGTERM)
        await server.until_draining()
        server.send(second)
        assert await server.ended() in ENDED


async def test_ctrl_c_drains_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, LONG_DRAIN_SECONDS) as server:
        server.send(signal.SIGINT)
        assert await server.ended() == 0


async def test_a_process_without_a_drain_refuses_connections_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        server.send(signal.SIGTERM)
        assert await server.ended() in ENDED


async def test_a_taken_port_is_a_failure(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        port = server.url.rpartition(":")[2]
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "sample_app.py", port), cwd=tmp_path, stderr=PIPE
        )
        await asyncio.wait_for(second.communicate(), PATIENCE_SECONDS)
        assert second.returncode == 3


def test_a_missing_log_folder_ends_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "logging_app.py").write_text(LOGGING_APP)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "logging_app.py"],
        check=False, capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "LOG_DIR": f"{tmp_path}/nowhere"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        f"LOG_DIR {tmp_path}/nowhere cannot be written to: No such file or directory\n"
    )
