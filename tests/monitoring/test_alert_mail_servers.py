"""Mail servers that want encryption and a password, that cannot be trusted, or that are away."""

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
    """What signs in to a mail server; the file ends like one that an editor has written."""
    file = tmp_path_factory.mktemp("secrets") / "smtp_password"
    file.write_text(f"{PASSWORD}\n")
    return {"SMTP_USERNAME": ACCOUNT, "SMTP_PASSWORD_FILE": str(file)}


async def test_a_password_is_sent_behind_starttls(
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
        _assert_that_nobody_sees_the_password(post.alertmanager)


async def test_a_password_is_sent_behind_tls(
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


async def test_a_mail_is_not_sent_to_a_server_that_nobody_vouches_for(
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


async def test_a_mail_is_not_sent_where_it_could_be_read(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The server offers no encryption, or somebody between takes the offer away."""
    async with (
        mail_host() as host,
        sending(tmp_path_factory, host, {"SMTP_TLS": "starttls"}) as post,
    ):
        await post.alertmanager.fire(ALERT)
        await post.failure()
        assert host.greeted
        assert host.arrived == []


async def test_a_wrong_password_is_noticed(
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    certificate: Certificate,
    account: dict[str, str],
) -> None:
    """By the counter, of which there is an alert of its own."""
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


async def test_a_mail_waits_for_a_server_that_is_away(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    (port,) = free_ports(1)
    async with sending(tmp_path_factory, MailHost(port=port)) as post:
        await post.alertmanager.fire(ALERT)
        await post.failure()
        async with mail_host(port=port) as host:
            await Post(post.alertmanager, host).arrival(SUBJECT, LATER_SECONDS)


def _assert_that_nobody_sees_the_password(running: Alertmanager) -> None:
    process = Path(f"/proc/{running.process.pid}")
    for file in (running.configuration, running.log, process / "cmdline", process / "environ"):
        assert PASSWORD.encode() not in file.read_bytes(), file
    assert running.configuration.stat().st_mode & 0o777 == 0o600
    assert b"--config.file" in (process / "cmdline").read_bytes(), "start.sh has not become it"
