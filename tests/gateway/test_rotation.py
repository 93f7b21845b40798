"""Rotation of the access log's file: no line is lost or torn, and the
number of files is limited."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.test_log_file import lines_of, paths_of

pytestmark = pytest.mark.image

SMALL = {"GATEWAY_LOG_FILE_BYTES": "1000", "GATEWAY_WORKERS": "2"}
LONG = b"x" * 1000 + b"\n"
# Together they write more than one file per second, for some seconds.
CONNECTIONS = 6
REQUESTS_A_CONNECTION = 5
ROTATIONS = 3
KEPT = [f"access.json.{number}" for number in range(1, 8)]


def names(gateway: Gateway) -> list[str]:
    return sorted(file.name for file in gateway.log_file.parent.iterdir())


def content(gateway: Gateway, name: str) -> bytes:
    """Return the content of a file, or nothing if it does not exist, as between two renames."""
    try:
        return (gateway.log_file.parent / name).read_bytes()
    except FileNotFoundError:
        return b""


def test_no_line_is_lost_or_torn_during_rotation_under_load(services: Services) -> None:
    values = {**SMALL, "GATEWAY_LOG_FILE_BYTES": "50000"}
    with running_gateway(services, values, logs={}) as gateway:
        done = threading.Event()

        def ask(connection: int) -> int:
            number = 0
            while not done.is_set():
                # A worker keeps its accepted connections, possibly all of
                # them, so they are renewed.
                with gateway.client() as client:
                    for _ in range(REQUESTS_A_CONNECTION):
                        client.get(
                            f"/internal/{connection}-{number}", headers={"User-Agent": "x" * 600}
                        )
                        number += 1
            return number

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            asked = [pool.submit(ask, connection) for connection in range(CONNECTIONS)]
            try:
                wait_for(lambda: KEPT[ROTATIONS - 1] in names(gateway), "some rotations")
            finally:
                done.set()
        expected = Counter(
            f"/internal/{connection}-{number}"
            for connection, each in enumerate(asked)
            for number in range(each.result())
        )
        files = [gateway.log_file.parent / name for name in names(gateway)]
        wait_for(lambda: sum(len(lines_of(file)) for file in files) >= expected.total(), "all")
        assert Counter(path for file in files for path in paths_of(file)) == expected
        workers = {line["process"]["pid"] for file in files for line in lines_of(file)}
        assert len(workers) == 2
        # Each file was renamed only after it had reached its size.
        assert all(file.stat().st_size >= 50_000 for file in files if file.suffix != ".json")


@pytest.mark.parametrize("named", [{}, {"GATEWAY_LOG_FILE": "../logs/access.json"}], ids=str)
def test_the_oldest_file_is_removed(services: Services, named: dict[str, str]) -> None:
    logs = {name: name.encode() for name in KEPT} | {"access.json": LONG}
    with running_gateway(services, {**SMALL, **named}, logs=logs) as gateway:
        wait_for(lambda: content(gateway, KEPT[0]) == LONG, "the rotation")
        assert names(gateway) == KEPT
        assert [content(gateway, name).decode() for name in KEPT[1:]] == KEPT[:-1]


def test_no_file_is_removed_while_a_number_is_free(services: Services) -> None:
    """A number is free after an interrupted rotation."""
    logs = {name: name.encode() for name in KEPT if name != KEPT[2]} | {"access.json": LONG}
    with running_gateway(services, SMALL, logs=logs) as gateway:
        wait_for(lambda: content(gateway, KEPT[0]) == LONG, "the rotation")
        assert [content(gateway, name).decode() for name in KEPT[1:]] == [*KEPT[:2], *KEPT[3:]]


def test_a_reload_continues_and_rotates_nothing_twice(services: Services) -> None:
    with (
        running_gateway(services, SMALL, logs={"access.json": LONG}) as gateway,
        gateway.client() as client,
    ):
        wait_for(lambda: content(gateway, KEPT[0]) == LONG, "the rotation")
        gateway.reload()
        client.get("/after", headers={"User-Agent": "x" * 600})
        wait_for(lambda: KEPT[1] in names(gateway), "the next rotation")
        assert content(gateway, KEPT[1]) == LONG
        assert paths_of(gateway.log_file.parent / KEPT[0]) == ["/after"]
        assert KEPT[2] not in names(gateway)


def test_a_file_that_cannot_be_renamed_grows_and_is_reported_once_a_minute(
    services: Services,
) -> None:
    with running_gateway(services, SMALL, logs={"access.json": b""}) as gateway:
        gateway.log_file.parent.chmod(0o555)
        with gateway.client() as client:
            # Several intervals of the timer.
            until = time.monotonic() + 2.5
            asked = 0
            while time.monotonic() < until or asked < 10:
                assert client.get("/", headers={"User-Agent": "x" * 600}).status_code == 200
                asked += 1
            wait_for(lambda: len(paths_of(gateway.log_file)) == asked, "all lines")
        assert names(gateway) == ["access.json"]
        wait_for(lambda: "rotation: " in gateway.errors(), "the error")
        assert gateway.errors().count("rotation: ") == 1
        assert str(gateway.log_file) in gateway.errors()
