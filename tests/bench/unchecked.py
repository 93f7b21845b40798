"""The same gateway without its token check, beside the real one, to
measure the cost of the check."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from tenacity import retry, stop_after_delay, wait_fixed

from launcher.gateway import nginx_command
from tests.fixtures.launched import LaunchedPlatform
from tests.fixtures.ports import HOST

CHECK = "js_access identity.checkApi;"


@contextmanager
def gateway_without_check(platform: LaunchedPlatform) -> Iterator[tuple[str, psutil.Process]]:
    """Yield the gateway's address and process."""
    running = platform.process("gateway")
    prefix = Path(running.cwd())
    copy = prefix.with_name("gateway-unchecked")
    shutil.copytree(prefix, copy, ignore=shutil.ignore_patterns("*.pid", "temp"))
    ports = _without_check(copy, platform)
    nginx = subprocess.Popen(nginx_command(Path(running.exe()), copy))
    try:
        wait_until_open(ports[0])
        yield f"https://localhost:{ports[0]}", psutil.Process(nginx.pid)
    finally:
        nginx.terminate()
        nginx.wait()
        shutil.rmtree(copy)


def _without_check(copy: Path, platform: LaunchedPlatform) -> list[int]:
    api = copy / "includes" / "api.conf"
    text = api.read_text()
    assert CHECK in text
    api.write_text(text.replace(CHECK, ""))
    proxy = copy / "includes" / "proxy.conf"
    proxy.write_text(proxy.read_text().replace("$verified_authorization", "$http_authorization"))
    ports = platform.ports
    old = (ports.gateway, ports.gateway_http, ports.gateway_status)
    new = _free_ports(len(old))
    for path in (copy / "conf.d").glob("*.conf"):
        text = path.read_text()
        for before, after in zip(old, new, strict=True):
            text = text.replace(f":{before}", f":{after}")
        path.write_text(text)
    return new


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


@retry(stop=stop_after_delay(10), wait=wait_fixed(0.05))
def wait_until_open(port: int) -> None:
    socket.create_connection((HOST, port), timeout=1).close()
