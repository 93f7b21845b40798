"""Serves the stand-in over TLS on this machine."""

import base64
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

from tests.fixtures.ports import HOST
from tests.logging.setup.elastic_stand_in import NEVER, ElasticStandIn, Received

LONGEST_HANG_SECONDS = 30


@contextmanager
def running_stand_in(
    certificate: Path, key: Path, passwords: Mapping[str, str]
) -> Iterator[ElasticStandIn]:
    """Serve a stand-in on a free port until the block ends."""
    stand_in = ElasticStandIn(dict(passwords))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _Server(stand_in, context)
    stand_in.address = f"https://{HOST}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield stand_in
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, stand_in: ElasticStandIn, context: ssl.SSLContext) -> None:
        super().__init__((HOST, 0), _Handler)
        self.stand_in, self.context = stand_in, context
        self.closing = threading.Event()

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        # The handshake runs in the connection's own thread, so that an incomplete
        # one does not block others.
        connection.settimeout(LONGEST_HANG_SECONDS)
        wrapped = self.context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        )
        return wrapped, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that hang up or do not trust the certificate, which some tests provoke."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Log nothing."""

    def _serve(self) -> None:
        user, password = self._credentials()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        received = Received(self.command, self.path, user, body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.stand_in.answer(received, headers, password)
        if answer is NEVER:
            self.server.closing.wait(LONGEST_HANG_SECONDS)
            return
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _credentials(self) -> tuple[str, str | None]:
        scheme, _, value = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return "", None
        user, _, password = base64.b64decode(value).decode().partition(":")
        return user, password
