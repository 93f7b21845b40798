"""A real nginx with the real configuration, in a folder and on ports of its own."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from launcher.gateway import find_nginx, install_configuration, nginx_command
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.gateway.certificates import certificate_pem, key_pem, new_key, self_signed
from tests.gateway.upstream import FakeService, bound

Found = TypeVar("Found")
# Fields are nested three levels deep at most. Tests check which of them are numbers.
LogLine = dict[str, Any]

GATEWAY_DIR = Path(__file__).parents[2] / "gateway"
POLL_SECONDS = 0.02
READ_SECONDS = 5
# The port on which no program listens.
UNUSED_ADDRESS = "127.0.0.1:1"
# NGINX names the image's nginx where it is set; see tests/compose/nginx-in-image.
IN_IMAGE = bool(os.environ.get("GATEWAY_IN_IMAGE"))
# Far above what a test sends; tests of the limits start a gateway of their own.
NO_LIMITS = {
    "GATEWAY_API_RATE": "10000r/s",
    "GATEWAY_LOGIN_RATE": "10000r/s",
    "GATEWAY_PAGE_RATE": "10000r/s",
}


@dataclass
class Services:
    auth: FakeService
    history: FakeService
    tournament: FakeService
    ui: FakeService


@dataclass
class Gateway:
    folder: Path
    https_port: int
    http_port: int
    status_port: int
    trust: ssl.SSLContext
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https_port}"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.trust, timeout=READ_SECONDS)

    @contextmanager
    def connection(self, preface: bytes = b"") -> Iterator[ssl.SSLSocket]:
        """Open a connection over TLS; `preface` is sent before the handshake."""
        address = ("127.0.0.1", self.https_port)
        with socket.create_connection(address, READ_SECONDS) as plain:
            plain.sendall(preface)
            with self.trust.wrap_socket(plain, server_hostname="localhost") as secure:
                yield secure

    def raw(
        self, data: bytes, *, plain_port: int | None = None, patience: float = READ_SECONDS
    ) -> bytes:
        """Send bytes that no client library would send, and return the answer,
        waiting as long as `patience`."""
        if plain_port:
            with socket.create_connection(("127.0.0.1", plain_port), patience) as plain:
                return _exchange(plain, data)
        with self.connection() as secure:
            secure.settimeout(patience)
            return _exchange(secure, data)

    def status(self, path: str) -> httpx.Response:
        """Request a path of the internal listener."""
        # An existing context is passed, since httpx creates one for each call even if none is used.
        return httpx.get(f"http://127.0.0.1:{self.status_port}{path}", verify=self.trust)

    def reload(self) -> None:
        """Reload the configuration as an operator does. The access log tells
        which worker answers next."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    def errors(self) -> str:
        # Invalid bytes are replaced, as in `log_text`.
        return (self.folder / "error.log").read_text(errors="replace")

    @property
    def log_file(self) -> Path:
        """The log file that Logstash reads."""
        return self.folder / "logs" / "access.json"

    def log_text(self) -> str:
        # nginx writes bytes unchanged, so some lines are not valid UTF-8.
        return (self.folder / "access.json").read_text(errors="replace")

    def log_lines(self, wanted: Callable[[LogLine], bool], *, count: int = 1) -> list[LogLine]:
        """Wait for this many matching lines of the access log. Each line
        read must be one JSON object."""

        def found() -> list[LogLine]:
            lines = whole_lines(self.log_text())
            kept = [line for line in lines if wanted(line)]
            return kept if len(kept) >= count else []

        return wait_for(found, "the access log line")


@contextmanager
def running_gateway(
    services: Services,
    values: Mapping[str, str] | None = None,
    *,
    files: Mapping[str, bytes] | None = None,
    logs: Mapping[str, bytes] | None = None,
) -> Iterator[Gateway]:
    """Run a gateway. `files` are written into its folder, which is `..` to paths in `values`.

    `logs` are the initial contents of its folder for log files; without
    it, no such file is written.
    """
    # Under root the workers run as another user, who cannot enter pytest's own folders.
    folder = Path(tempfile.mkdtemp(prefix="gateway-"))
    folder.chmod(0o755)
    for name, content in (files or {}).items():
        (folder / name).write_bytes(content)
    # Bound without listening, so that no other process takes these ports before nginx listens.
    held = [bound() for _ in range(3)]
    given = {**_log_file(folder, logs), **(values or {})}
    gateway = _installed(folder, services, [each.getsockname()[1] for each in held], given)
    command = nginx_command(find_nginx(os.environ.get("NGINX")), folder / "nginx")
    with (folder / "error.log").open("w") as errors:
        gateway.process = process = subprocess.Popen(command, stderr=errors)
    try:
        wait_for(lambda: _is_up(gateway, process), "nginx")
        yield gateway
        log = gateway.errors()
        assert "[alert]" not in log, log
        assert "[emerg]" not in log, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)
        for each in held:
            each.close()
        shutil.rmtree(folder)


def whole_lines(text: str) -> list[LogLine]:
    """Return the complete lines: the last one may be incomplete while it is written."""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def install_as_here(prefix: Path, values: Mapping[str, str], *, in_image: bool = IN_IMAGE) -> None:
    """Copy the whole configuration; parts for the image are added only for the image's nginx."""
    install_configuration(GATEWAY_DIR, prefix, values)
    if in_image:
        shutil.copytree(GATEWAY_DIR / "container", prefix / "container", dirs_exist_ok=True)


def wait_for(probe: Callable[[], Found], what: str) -> Found:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"waited {PATIENCE_SECONDS} s in vain for {what}")


def _installed(
    folder: Path, services: Services, ports: Sequence[int], values: Mapping[str, str]
) -> Gateway:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    private = new_key()
    certificate.write_bytes(certificate_pem(self_signed(private)))
    key.write_bytes(key_pem(private))
    (folder / "nginx").mkdir(mode=0o755)
    (folder / "assets").mkdir(mode=0o755)
    install_as_here(
        folder / "nginx",
        {
            "GATEWAY_BIND": "127.0.0.1",
            "GATEWAY_HTTPS_PORT": str(ports[0]),
            "GATEWAY_PUBLIC_PORT": str(ports[0]),
            "GATEWAY_HTTP_PORT": str(ports[1]),
            "GATEWAY_STATUS_LISTEN": f"127.0.0.1:{ports[2]}",
            "GATEWAY_ACCESS_LOG": str(folder / "access.json"),
            "GATEWAY_CACHE_DIR": str(folder / "cache"),
            "GATEWAY_RESOLVER": "127.0.0.1",
            "AUTH_UPSTREAM": services.auth.address,
            "HISTORY_UPSTREAM": services.history.address,
            "TOURNAMENT_UPSTREAM": services.tournament.address,
            "UI_UPSTREAM": services.ui.address,
            # No program listens there, as without monitoring and logging.
            "PROMETHEUS_UPSTREAM": UNUSED_ADDRESS,
            "ALERTMANAGER_UPSTREAM": UNUSED_ADDRESS,
            "GRAFANA_UPSTREAM": UNUSED_ADDRESS,
            "KIBANA_UPSTREAM": UNUSED_ADDRESS,
            "ELASTIC_CA": str(certificate),
            "TLS_CERTIFICATE": str(certificate),
            "TLS_KEY": str(key),
            "ASSETS_DIR": str(folder / "assets"),
            **NO_LIMITS,
            **values,
        },
    )
    return Gateway(
        folder, ports[0], ports[1], ports[2], ssl.create_default_context(cafile=certificate)
    )


def _log_file(folder: Path, logs: Mapping[str, bytes] | None) -> dict[str, str]:
    if logs is None:
        return {}
    place = folder / "logs"
    place.mkdir()
    # Workers create the files, as another user if this process is root.
    place.chmod(0o777)
    for name, content in logs.items():
        (place / name).write_bytes(content)
        (place / name).chmod(0o666)
    return {"GATEWAY_LOG_FILE": str(place / "access.json")}


def _is_up(gateway: Gateway, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, gateway.errors()
    try:
        # A try is cheap, and most are refused.
        socket.create_connection(("127.0.0.1", gateway.status_port)).close()
        return gateway.status("/healthz").is_success
    except (OSError, httpx.TransportError):
        return False


def _exchange(connection: socket.socket, data: bytes) -> bytes:
    received = b""
    # nginx resets a connection if it has not read everything that was sent.
    with suppress(ConnectionError, TimeoutError):
        connection.sendall(data)
        while part := connection.recv(65536):
            received += part
    return received
