"""A part with the given behaviour: `part.py NAME BEHAVIOUR PORT JOURNAL`."""

import os
import signal
import socket
import sys
import time

NAME, BEHAVIOUR, PORT, JOURNAL = sys.argv[1:]


def note(event: str) -> None:
    with open(JOURNAL, "a") as journal:  # noqa: PTH123 (importing pathlib takes as long as everything else)
        journal.write(f"{event} {NAME}\n")


def has_run_before() -> bool:
    with open(JOURNAL) as journal:  # noqa: PTH123
        return journal.read().count(f"started {NAME}\n") > 1


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def stop(*_: object) -> None:
    note("stopping")
    # Long enough that a part which is stopped too early would overtake this one in the journal.
    time.sleep(0.2)
    note("stopped")
    sys.exit(0)


def take_time() -> None:
    """Wait until the test creates a file beside the journal."""
    say("loading")
    while not os.path.exists(f"{JOURNAL}.{NAME}"):  # noqa: PTH110
        time.sleep(0.01)


if BEHAVIOUR == "fills":
    sys.exit(f"{NAME} could not write its lock: No space left on device")
if BEHAVIOUR == "ends":
    sys.exit(f"{NAME} has a broken setting")
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN if BEHAVIOUR == "stubborn" else stop)
note("started")
if BEHAVIOUR == "limps":
    time.sleep(0.5)
    sys.exit(f"{NAME} has a broken setting")
if BEHAVIOUR == "deaf":
    say("waiting for something that never comes")
    signal.pause()
if BEHAVIOUR == "tires" and has_run_before() and not os.path.exists(f"{JOURNAL}.{NAME}"):  # noqa: PTH110
    # It served until it was killed; it serves again after the test has created
    # a file beside the journal.
    sys.exit(f"{NAME} has a broken setting")
if BEHAVIOUR == "slow" or (BEHAVIOUR == "slow-again" and has_run_before()):
    take_time()
server = socket.create_server(("127.0.0.1", int(PORT)))
if BEHAVIOUR == "slow-again":
    say("serving")
if BEHAVIOUR == "forks" and os.fork() == 0:
    # A worker as in nginx: it holds the port and outlives a killed master.
    signal.pause()
while True:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
