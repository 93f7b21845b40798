"""A real process, really stopped."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

APP = """
import asyncio
from litestar import Litestar, get
from transcendence_common.server import serve

@get("/slow")
async def slow() -> str:
    print("begun", flush=True)
    await asyncio.sleep(0.5)
    return "done"

def create_app() -> Litestar:
    return Litestar([slow])

if __name__ == "__main__":
    serve("slow_app:create_app", host="127.0.0.1", port={port})
"""


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_a_request_under_way_is_finished_before_the_process_ends(
    tmp_path: Path, stop: signal.Signals
) -> None:
    port = free_port()
    (tmp_path / "slow_app.py").write_text(APP.format(port=port))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "slow_app.py", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    try:
        await accepts_connections(port)
        async with httpx.AsyncClient() as client:
            request = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/slow"))
            assert process.stdout is not None
            assert await process.stdout.readline() == b"begun\n"
            process.send_signal(stop)
            assert (await request).text == "done"
        await asyncio.wait_for(process.wait(), timeout=5)
    finally:
        if process.returncode is None:
            process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def accepts_connections(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
