"""The access log as a file for Logstash: it has the same lines, and requests never depend on it."""

from pathlib import Path

import httpx
import pytest

from tests.gateway.nginx import Gateway, LogLine, Services, running_gateway, wait_for, whole_lines
from tests.gateway.test_log import ODD_REQUESTS

pytestmark = pytest.mark.image

# nginx waits for the rest of some requests, so the client closes the connection.
HANG_UP_SECONDS = 0.3
ASKED = ["/", "/api/user/me", "/no/such/page", "/internal/x", "/_gateway/error.css", "/static/x.js"]


def lines_of(file: Path) -> list[LogLine]:
    return whole_lines(file.read_text(errors="replace"))


def paths_of(file: Path) -> list[str]:
    return [line["url"]["path"] for line in lines_of(file)] if file.exists() else []


def test_the_file_has_every_line_of_the_other_log(services: Services) -> None:
    with running_gateway(services, logs={}) as gateway, gateway.client() as client:
        for path in ASKED:
            for method in ("GET", "HEAD", "POST", "DELETE", "BREW"):
                client.request(method, path)
        # The plain listener, errors before a path is known, and error pages.
        httpx.get(f"http://127.0.0.1:{gateway.http_port}/")
        for data in ODD_REQUESTS.values():
            gateway.raw(data, patience=HANG_UP_SECONDS)
        gateway.raw(b"GET / HTTP/1.0\r\n\r\n", plain_port=gateway.https_port)
        client.get(f"/{'x' * 40_000}")

        def is_whole() -> bool:
            return gateway.log_file.read_text(errors="replace") == gateway.log_text()

        wait_for(is_whole, "both logs to say the same")
        assert len(lines_of(gateway.log_file)) > len(ASKED) * 5
        assert "existence failed" not in gateway.errors()


def test_requests_to_an_unavailable_service_are_in_the_file(own_services: Services) -> None:
    own_services.ui.stop()
    with running_gateway(own_services, logs={}) as gateway, gateway.client() as client:
        assert client.get("/").status_code == 503
        assert client.post("/", content=b"x").status_code == 503
        wait_for(lambda: paths_of(gateway.log_file) == ["/", "/"], "both lines")
    own_services.ui.start()


def test_refused_requests_for_files_are_in_the_file(services: Services) -> None:
    """nginx checks for the folder that a location serves before it opens a log file
    with a variable in its name."""
    with (
        running_gateway(services, {"GATEWAY_CONNECTIONS": "1"}, logs={}) as gateway,
        gateway.client() as client,
        gateway.connection() as other,
    ):
        other.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")

        def is_refused(path: str) -> bool:
            return client.get(path).status_code == 429

        for path in ("/_gateway/error.css", "/static/x.js", "/"):
            wait_for(lambda path=path: is_refused(path), "a refusal")  # type: ignore[misc]
        wait_for(lambda: gateway.log_file.read_text() == gateway.log_text(), "all lines")
        assert "existence failed" not in gateway.errors()


def test_the_file_is_readable_by_all_and_writable_by_nginx_only(services: Services) -> None:
    with running_gateway(services, logs={}) as gateway, gateway.client() as client:
        client.get("/")
        wait_for(lambda: paths_of(gateway.log_file), "the line")
        assert gateway.log_file.stat().st_mode & 0o777 == 0o644


def test_a_restarted_gateway_appends_to_the_file(services: Services) -> None:
    before = b'{"url":{"path":"/before"}}\n'
    with (
        running_gateway(services, logs={"access.json": before}) as gateway,
        gateway.client() as client,
    ):
        client.get("/after")
        wait_for(lambda: paths_of(gateway.log_file) == ["/before", "/after"], "the second line")


def test_no_file_is_written_without_a_configured_name(
    gateway: Gateway, client: httpx.Client
) -> None:
    client.get("/")
    gateway.log_lines(bool)
    assert not gateway.log_file.parent.exists()
    assert "open()" not in gateway.errors()


@pytest.mark.parametrize("file", ["/nowhere/access.json", "/etc"])
def test_a_file_that_cannot_be_opened_fails_no_request(services: Services, file: str) -> None:
    values = {"GATEWAY_LOG_FILE": file}
    with running_gateway(services, values) as gateway, gateway.client() as client:
        for _ in range(3):
            assert client.get("/").status_code == 200
        assert len(gateway.log_lines(bool, count=3)) == 3
        wait_for(lambda: f'"{file}" failed' in gateway.errors(), "the error")


def test_a_full_disk_fails_no_request_and_is_reported_once(services: Services) -> None:
    values = {"GATEWAY_LOG_FILE": "/dev/full", "GATEWAY_WORKERS": "1"}

    def ask() -> None:
        with running_gateway(services, values) as gateway, gateway.client() as client:
            for _ in range(5):
                assert client.get("/").status_code == 200
            gateway.log_lines(bool, count=5)
            assert gateway.errors().count("[alert]") == 1

    # Stopping a gateway checks its error log for alerts, which this test provokes.
    with pytest.raises(AssertionError, match=r"/dev/full.* failed \(28: No space left on device\)"):
        ask()
