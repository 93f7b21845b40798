"""`python -m mail_sink` as a process."""

import os
import signal
import subprocess
import sys
import time
from smtplib import SMTP

import httpx
import pytest

from mail_sink.settings import LOOPBACK
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.ports import free_ports
from tools.mail_sink.tests.conftest import held_port

pytestmark = pytest.mark.thorough


def start(port: int, smtp_port: int) -> "subprocess.Popen[str]":
    chosen = {"MAIL_SINK_PORT": str(port), "MAIL_SINK_SMTP_PORT": str(smtp_port)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "mail_sink"],
        env={**os.environ, **chosen},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_ready(process: "subprocess.Popen[str]", port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            if httpx.get(f"http://{LOOPBACK}:{port}/health/ready").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError("it does not become ready")


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
def test_the_sink_accepts_mail_until_it_is_stopped(ended_by: signal.Signals) -> None:
    port, smtp_port = free_ports(2)
    process = start(port, smtp_port)
    wait_ready(process, port)
    # An open connection, as of a client that has more to send.
    with SMTP(LOOPBACK, smtp_port) as client:
        client.sendmail("no-reply@example.org", ["bob@example.org"], b"Subject: Hello\r\n\r\n")
        process.send_signal(ended_by)
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
        client.close()
    assert out == "mail to bob@example.org: Hello\n"


def test_an_occupied_port_ends_the_sink() -> None:
    with held_port() as smtp_port:
        process = start(free_ports(1)[0], smtp_port)
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode != 0
    assert str(smtp_port) in out
