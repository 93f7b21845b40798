"""A part that behaves as it is told: `part.py NAME BEHAVIOUR PORT JOURNAL`."""

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

NAME, BEHAVIOUR, PORT, JOURNAL = sys.argv[1:]


class Fine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The journal is the only thing that tests read."""


def note(event: str) -> None:
    with Path(JOURNAL).open("a") as journal:
        journal.write(f"{event} {NAME}\n")


def stop(*_: object) -> None:
    note("stopping")
    # Long enough that a part stopped too early would be seen to overtake this one.
    time.sleep(0.2)
    note("stopped")
    sys.exit(0)


if BEHAVIOUR == "ends":
    sys.exit(f"{NAME} has a broken setting")
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN if BEHAVIOUR == "stubborn" else stop)
note("started")
if BEHAVIOUR == "limps":
    # Longer than supervisord takes to count a part as started.
    time.sleep(1.2)
    sys.exit(f"{NAME} has a broken setting")
if BEHAVIOUR == "deaf":
    print("waiting for something that never comes", flush=True)  # noqa: T201
    signal.pause()
if BEHAVIOUR == "tells":
    print("news: something happened\nnothing else", flush=True)  # noqa: T201
if BEHAVIOUR == "tires" and Path(JOURNAL).read_text().count(f"started {NAME}") > 1:
    # Served once, until it was killed, and never again.
    sys.exit(f"{NAME} has a broken setting")
server = HTTPServer(("127.0.0.1", int(PORT)), Fine)
if BEHAVIOUR == "forks" and os.fork() == 0:
    # A worker, as nginx has them: it holds the port and outlives a master that is killed.
    signal.pause()
server.serve_forever()
