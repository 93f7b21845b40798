"""Mail servers that require encryption and a password, have an untrusted
certificate, or are unavailable."""

import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.auth.tests.mail_host import ACCOUNT, PASSWORD, MailHost, mail_host
from tests.fixtures.ports import free_ports
from tests.gateway.certificates import certificate_pem, key_pem, new_key, self_signed
from tests.monitoring.alert_mail import LATER_SECONDS, Post, sending
from tests.monitoring.alertmanager import Alertmanager, alert

pytestmark = pytest.mark.thorough

IMPLICIT_TLS_PORT = 465
ALERT = alert("Seen", service="auth")
SUBJECT = "Firing, critical: Seen (auth)"


@dataclass(frozen=True)
class Certificate:
    file: Path
    context: ssl.SSLContext

    @property
    def trusted(self) -> dict[str, str]:
        return {"SSL_CERT_FILE": str(self.file)}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    key = new_key()
    file, key_file = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate_pem(self_signed(key)))
    key_file.write_bytes(key_pem(key))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, key_file)
    return Certificate(file, context)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Credentials for a mail server; the password file ends with a line
    break, as editors write it."""
    file = tmp_path_factory.mktemp("secrets") / "smtp_password"
    file.write_text(f"{PASSWORD}\n")
    return {"SMTP_USERNAME": ACCOUNT, "SMTP_PASSWORD_FILE": str(file)}


async def test_a_password_is_sent_with_starttls(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate, account: dict[str, str]
) -> None:
    environment = {"SMTP_TLS": "starttls", **certificate.trusted, **account}
    async with (
        mail_host(tls="starttls", certificate=certificate.context, asks_for_password=True) as host,
        sending(tmp_path_factory, host, environment) as post,
    ):
        await post.alertmanager.fire(ALERT)
        mail = await post.arrival(SUBJECT)
        assert (mail.encrypted, mail.account) == (True, ACCOUNT)
        _assert_that_the_password_is_hidden(post.alertmanager)


async def test_a_password_is_sent_with_implicit_tls(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate, account: dict[str, str]
) -> None:
    environment = {"SMTP_TLS": "tls", **certificate.trusted, **account}
    async with AsyncExitStack() as stack:
        try:
            host = await stack.enter_async_context(
                mail_host(
                    tls="tls",
                    certificate=certificate.context,
                    asks_for_password=True,
                    port=IMPLICIT_TLS_PORT,
                )
            )
        except OSError:
            pytest.skip(f"port {IMPLICIT_TLS_PORT} cannot be opened here")
        post = await stack.enter_async_context(sending(tmp_path_factory, host, environment))
        await post.alertmanager.fire(ALERT)
        mail = await post.arrival(SUBJECT)
        assert (mail.encrypted, mail.account) == (True, ACCOUNT)


async def test_no_mail_is_sent_to_a_server_with_an_untrusted_certificate(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate
) -> None:
    async with (
        mail_host(tls="starttls", certificate=certificate.context) as host,
        sending(tmp_path_factory, host, {"SMTP_TLS": "starttls"}) as post,
    ):
        await post.alertmanager.fire(ALERT)
        await post.failure()
        assert host.greeted
        assert host.arrived == []


async def test_no_mail_is_sent_without_the_required_encryption(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The server offers no encryption, or an attacker in between removes the offer."""
    async with (
        mail_host() as host,
        sending(tmp_path_factory, host, {"SMTP_TLS": "starttls"}) as post,
    ):
        await post.alertmanager.fire(ALERT)
        await post.failure()
        assert host.greeted
        assert host.arrived == []


async def test_a_wrong_password_counts_as_a_failure(
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    certificate: Certificate,
    account: dict[str, str],
) -> None:
    """An alert of its own watches this counter."""
    wrong = tmp_path / "password"
    wrong.write_text("wrong")
    environment = {**account, "SMTP_PASSWORD_FILE": str(wrong), "SMTP_TLS": "starttls"}
    async with (
        mail_host(tls="starttls", certificate=certificate.context, asks_for_password=True) as host,
        sending(tmp_path_factory, host, environment | certificate.trusted) as post,
    ):
        await post.alertmanager.fire(ALERT)
        await post.failure()
        assert host.arrived == []


async def test_a_mail_waits_for_an_unavailable_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    (port,) = free_ports(1)
    async with sending(tmp_path_factory, MailHost(port=port)) as post:
        await post.alertmanager.fire(ALERT)
        await post.failure()
        async with mail_host(port=port) as host:
            await Post(post.alertmanager, host).arrival(SUBJECT, LATER_SECONDS)


def _assert_that_the_password_is_hidden(running: Alertmanager) -> None:
    process = Path(f"/proc/{running.process.pid}")
    for file in (running.configuration, running.log, process / "cmdline", process / "environ"):
        assert PASSWORD.encode() not in file.read_bytes(), file
    assert running.configuration.stat().st_mode & 0o777 == 0o600
    assert b"--config.file" in (process / "cmdline").read_bytes(), "start.sh has not become it"
