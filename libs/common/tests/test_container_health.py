"""The health probe of a container, against a real HTTP server."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from transcendence_common.container_health import Unhealthy, check_health, main

FIRST_LIFE = "4711"
SECOND_LIFE = "4712"


class Service:
    """A server that answers as configured, and records its requests."""

    def __init__(self) -> None:
        self.ready = 200
        self.live = 200
        self.asked: list[str] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                ready = self.path == "/health/ready"
                self.send_response(service.ready if ready else service.live)
                self.end_headers()
                self.wfile.write(json.dumps({"failing": ["database"]}).encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_port

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    service = Service()
    yield service
    service.stop()


def test_a_container_is_unhealthy_before_its_first_readiness(service: Service) -> None:
    service.ready = 503
    for _ in range(2):
        with pytest.raises(Unhealthy, match=r'^/health/ready: 503 .*"database"'):
            check_health(service.port, container=FIRST_LIFE)
    service.ready = 200
    assert check_health(service.port, container=FIRST_LIFE) == "ready"


def test_a_database_outage_later_does_not_make_the_container_unhealthy(service: Service) -> None:
    check_health(service.port, container=FIRST_LIFE)
    service.ready = 503
    check_health(service.port, container=FIRST_LIFE)
    assert service.asked == ["/health/ready", "/health/live"]
    service.live = 500
    with pytest.raises(Unhealthy, match=r"^/health/live: 500"):
        check_health(service.port, container=FIRST_LIFE)


def test_a_restarted_container_has_to_be_ready_again(service: Service) -> None:
    check_health(service.port, container=FIRST_LIFE)
    service.ready = 503
    with pytest.raises(Unhealthy, match="ready"):
        check_health(service.port, container=SECOND_LIFE)


def test_each_port_is_remembered_separately(service: Service) -> None:
    check_health(service.port, container=FIRST_LIFE)
    other = Service()
    other.ready = 503
    try:
        with pytest.raises(Unhealthy, match="ready"):
            check_health(other.port, container=FIRST_LIFE)
    finally:
        other.stop()


def test_a_missing_temporary_folder_is_reported_and_does_no_harm(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert check_health(service.port, container=FIRST_LIFE).startswith("ready; cannot remember")


def test_a_service_that_does_not_answer_is_unhealthy() -> None:
    ended = Service()
    ended.stop()
    with pytest.raises(Unhealthy, match="ConnectionRefusedError"):
        check_health(ended.port)


def test_docker_gets_an_exit_code_and_one_line(service: Service, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "transcendence_common.container_health", str(service.port)]
    for ready, code, words in ((503, 1, "/health/ready: 503"), (200, 0, "ready"), (503, 0, "live")):
        service.ready = ready
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={"TMPDIR": str(tmp_path)}
        )
        assert (done.returncode, done.stderr) == (code, "")
        assert done.stdout.startswith(words)
        assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["x"], ["1", "2"]])
def test_wrong_arguments_exit_with_status_2(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_the_probe_loads_no_library() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, transcendence_common.container_health; print(*sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ours = {name for name in loaded if name.startswith("transcendence_common")}
    assert ours == {"transcendence_common", "transcendence_common.container_health"}
    assert not {"ssl", "http.client", "litestar", "pydantic"} & set(loaded)
