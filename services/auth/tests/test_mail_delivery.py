"""Delivery of mails to a real mail server, and the handling of refusals."""

import asyncio
import logging
import re
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST
from cryptography.fernet import Fernet, MultiFernet

from auth.accounts.hashing import PasswordHashing
from auth.app import create_app
from auth.mail.delivery import MailDelivery
from auth.mail.mailer import Envelope, Mailer
from auth.mail.messages import VerifyAddress
from auth.mail.smtp import MailServer, SmtpClient
from auth.mail.writing import MessageWriter
from auth.settings import AuthSettings, SmtpTls
from credentials.certificate import ensure_certificate
from services.auth.tests.mail_host import ACCOUNT, PASSWORD, MailHost, mail_host, scripted_host
from services.auth.tests.mailbox import verify
from services.auth.tests.service_under_test import Auth, Log
from tests.fixtures.clients import client_of
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.ports import HOST
from tests.fixtures.waiting import until, until_asked
from transcendence_common.outbox import PermanentFailure, TemporaryFailure

TO = "alice@example.org"
TOKEN = "a-token-that-opens-an-account"
GREETING, HELLO, YES = "220 mail.example", "250 mail.example", "250 OK"
POST = Mailer(MultiFernet([Fernet(Fernet.generate_key())]))
CLOCK = HandClock()


def delivery(  # noqa: PLR0917 - it reads like a sentence
    port: int,
    tls: SmtpTls = "none",
    trust: ssl.SSLContext | None = None,
    password: str | None = None,
    sender: str = "Pong <pong@pong.example>",
    host: str = HOST,
) -> MailDelivery:
    username = ACCOUNT if password else None
    server = MailServer(host, port, tls, "pong.example", username, password)
    writer = MessageWriter(public_url="https://pong.example", mail_from=sender)
    return MailDelivery(POST, writer, SmtpClient(server, trust), CLOCK)


def closed(to: str = TO, *, good_for: timedelta | None = None) -> bytes:
    letter = VerifyAddress(username="Alice", token=TOKEN)
    good_until = CLOCK.now + good_for if good_for is not None else None
    return POST.encrypt(Envelope(to, letter, good_until))


async def refused(
    port: int, error: type[Exception], tls: SmtpTls = "none", trust: ssl.SSLContext | None = None
) -> str:
    """Fail to deliver a mail, and return the error's text."""
    with pytest.raises(error) as caught:
        await delivery(port, tls, trust).deliver(closed())
    return str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for this machine's own names, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    ensure_certificate(folder, datetime.now(UTC))
    return folder


@pytest.fixture(scope="module")
def shown(certificate: Path) -> ssl.SSLContext:
    """The TLS context of the server."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    return context


@pytest.fixture(scope="module")
def trust(certificate: Path) -> ssl.SSLContext:
    """The TLS context of a client that trusts the server."""
    return ssl.create_default_context(cafile=certificate / "certificate.pem")


async def test_a_mail_arrives_as_text_and_html_with_its_headers() -> None:
    async with mail_host() as host:
        await delivery(host.port).deliver(closed())
    [letter] = host.arrived
    assert (letter.sender, letter.recipients) == ("pong@pong.example", [TO])
    message = letter.message
    assert message["From"] == "Pong <pong@pong.example>"
    assert message["To"] == f"Alice <{TO}>"
    assert message["Subject"] == "Confirm your email address"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == CLOCK.now.replace(microsecond=0)
    assert message["Message-ID"].endswith("@pong.example>")
    assert message.get_content_type() == "multipart/alternative"
    link = f"https://pong.example/verify?token={TOKEN}"
    assert f"\n{link}\n" in letter.part("plain")
    assert f'href="{link}"' in letter.part("html")
    assert message.defects == []


async def test_a_retry_keeps_its_message_id_and_another_mail_has_its_own() -> None:
    body = closed()
    async with mail_host() as host:
        for each in (body, body, closed()):
            await delivery(host.port).deliver(each)
    first, again, other = (letter.message["Message-ID"] for letter in host.arrived)
    assert first == again != other


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_mail_is_encrypted_for_a_trusted_server(
    tls: SmtpTls, shown: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    async with mail_host(tls=tls, certificate=shown) as host:
        await delivery(host.port, tls, trust).deliver(closed())
    assert [letter.encrypted for letter in host.arrived] == [True]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_with_an_untrusted_certificate_gets_nothing(
    tls: SmtpTls, shown: ssl.SSLContext
) -> None:
    async with mail_host(tls=tls, certificate=shown) as host:
        await refused(host.port, TemporaryFailure, tls)
    assert host.arrived == []


async def test_a_certificate_for_another_name_is_refused(
    shown: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    """The certificate is for 127.0.0.1, and the server is addressed as 127.1,
    which is the same address."""
    async with mail_host(tls="tls", certificate=shown) as host:
        with pytest.raises(TemporaryFailure):
            await delivery(host.port, "tls", trust, host="127.1").deliver(closed())
    assert host.arrived == []
    async with mail_host() as host:
        await delivery(host.port, host="127.1").deliver(closed())
    assert len(host.arrived) == 1


async def test_a_server_without_the_required_encryption_gets_nothing(
    trust: ssl.SSLContext,
) -> None:
    async with mail_host() as host:
        await refused(host.port, TemporaryFailure, "starttls", trust)
    assert host.greeted == 1
    assert host.arrived == []


async def test_a_password_is_sent_to_a_server_that_requires_one(
    shown: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    async with mail_host(tls="starttls", certificate=shown, asks_for_password=True) as host:
        await delivery(host.port, "starttls", trust, PASSWORD).deliver(closed())
    assert [letter.account for letter in host.arrived] == [ACCOUNT]


@pytest.mark.parametrize(
    ("password", "said"),
    [("another", "SMTPAuthenticationError 535"), (None, "SMTPSenderRefused 530")],
)
async def test_a_wrong_password_keeps_the_mail_for_a_retry(
    shown: ssl.SSLContext, trust: ssl.SSLContext, password: str | None, said: str
) -> None:
    async with mail_host(tls="starttls", certificate=shown, asks_for_password=True) as host:
        with pytest.raises(TemporaryFailure) as caught:
            await delivery(host.port, "starttls", trust, password).deliver(closed())
    assert str(caught.value) == said
    assert host.arrived == []


@pytest.mark.parametrize(
    ("command", "answer", "error", "said"),
    [
        ("RCPT", "450 mailbox busy", TemporaryFailure, "recipient refused: 450"),
        ("RCPT", "452 mailbox full", TemporaryFailure, "recipient refused: 452"),
        ("RCPT", "421 closing", TemporaryFailure, "recipient refused: 421"),
        ("RCPT", "550 no such person", PermanentFailure, "recipient refused: 550"),
        ("DATA", "451 later, please", TemporaryFailure, "letter refused: 451"),
        ("DATA", "554 this is spam", PermanentFailure, "letter refused: 554"),
        ("MAIL", "451 who are you", TemporaryFailure, "SMTPSenderRefused 451"),
        ("MAIL", "550 nobody may send as that", TemporaryFailure, "SMTPSenderRefused 550"),
    ],
)
async def test_refusals_are_permanent_or_temporary(
    command: str, answer: str, error: type[Exception], said: str
) -> None:
    async with mail_host(answers={command: answer}) as host:
        assert await refused(host.port, error) == said
    assert host.arrived == []


async def test_an_unavailable_server_is_retried() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    await refused(port, TemporaryFailure)


@pytest.mark.parametrize("host", ["mail..example", "x" * 64 + ".example"])
async def test_an_invalid_server_name_loses_no_mail(host: str) -> None:
    with pytest.raises(TemporaryFailure):
        await delivery(1, host=host).deliver(closed())


TALK = [GREETING, HELLO, YES, YES, "354 go on"]


@pytest.mark.parametrize("lines", [TALK[:said] for said in range(len(TALK) + 1)])
async def test_a_server_that_hangs_up_is_retried(lines: list[str]) -> None:
    async with scripted_host(*lines) as port:
        await refused(port, TemporaryFailure)


@pytest.mark.parametrize("limit", ["ANSWER_TIMEOUT_SECONDS", "DELIVERY_SECONDS"])
@pytest.mark.parametrize("lines", [TALK[:said] for said in range(len(TALK) + 1)])
async def test_a_silent_server_is_given_up_soon(
    monkeypatch: pytest.MonkeyPatch, limit: str, lines: list[str]
) -> None:
    monkeypatch.setattr(f"auth.mail.smtp.{limit}", 0.2)
    async with scripted_host(*lines, hangs=True) as port, asyncio.timeout(5):
        await refused(port, TemporaryFailure)


async def test_a_stopping_service_does_not_wait_for_a_silent_server() -> None:
    async with scripted_host(*TALK, hangs=True) as port, asyncio.timeout(5):
        trying = asyncio.create_task(delivery(port).deliver(closed()))
        await asyncio.wait({trying}, timeout=0.3)
        assert not trying.done()
        trying.cancel()
        await asyncio.wait({trying})
    assert trying.cancelled()


async def test_a_mail_counts_as_delivered_once_the_server_has_accepted_it() -> None:
    async with scripted_host(*TALK, YES) as port:
        await delivery(port).deliver(closed())


@pytest.mark.parametrize(
    "lines",
    [
        ["554 no mail from you"],
        ["421 too many of you"],
        ["hello"],
        [GREETING, HELLO, YES, "gibberish"],
        [GREETING, HELLO, YES, YES, "451 too busy"],
    ],
)
async def test_a_server_that_breaks_the_protocol_is_retried(lines: list[str]) -> None:
    async with scripted_host(*lines) as port:
        await refused(port, TemporaryFailure)


async def test_a_mail_with_an_expired_link_is_given_up() -> None:
    async with mail_host() as host:
        with pytest.raises(PermanentFailure, match="expired"):
            await delivery(host.port).deliver(closed(good_for=timedelta(0)))
        await delivery(host.port).deliver(closed(good_for=timedelta(seconds=1)))
    assert len(host.arrived) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not ours",
        b"\xff",
        pytest.param(
            Mailer(MultiFernet([Fernet(Fernet.generate_key())])).encrypt(
                Envelope(TO, VerifyAddress(username="Alice", token=TOKEN))
            ),
            id="under_another_key",
        ),
        pytest.param(POST._encryption.encrypt(b"{}"), id="no_letter"),
        pytest.param(
            POST._encryption.encrypt(
                b'{"to": "alice@example.org", "letter": {"type": "Invitation", "username": "Alice"}}'
            ),
            id="unknown_letter",
        ),
    ],
)
async def test_an_unreadable_job_is_left_to_another_replica(body: bytes) -> None:
    async with mail_host() as host:
        with pytest.raises(TemporaryFailure, match="it cannot be read") as caught:
            await delivery(host.port).deliver(body)
    assert TO not in str(caught.value)
    assert host.greeted == 0


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("ännchen@example.org", "ännchen@example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@Bücher.EXAMPLE", "ann@xn--bcher-kva.EXAMPLE"),
        # Older rules would convert this to another domain.
        ("ann@straße.example", "ann@straße.example"),
    ],
)
async def test_addresses_in_any_alphabet_can_be_reached(written: str, arrives: str) -> None:
    async with mail_host() as host:
        await delivery(host.port).deliver(closed(written))
    [letter] = host.arrived
    assert letter.recipients == [arrives]
    assert arrives in letter.source.decode()


async def test_a_server_without_smtputf8_gets_ascii_addresses_only() -> None:
    async with mail_host(utf8=False) as host:
        await delivery(host.port).deliver(closed("ann@bücher.example"))
        with pytest.raises(PermanentFailure):
            await delivery(host.port).deliver(closed("ännchen@example.org"))
    assert [letter.recipients for letter in host.arrived] == [["ann@xn--bcher-kva.example"]]


async def test_a_sender_at_a_domain_in_another_alphabet_is_supported() -> None:
    async with mail_host(utf8=False) as host:
        await delivery(host.port, sender="Pöng <pong@pöng.example>").deliver(closed())
    [letter] = host.arrived
    assert letter.sender == "pong@xn--png-sna.example"
    assert letter.message["From"] == "Pöng <pong@xn--png-sna.example>"


@pytest.mark.parametrize(
    "to",
    [
        "",
        "alice",
        f"{TO}\r\nRCPT TO:<mallory@example.org>",
        f"{TO}, mallory@example.org",
        "a b@c.d",
    ],
)
async def test_an_invalid_address_is_not_sent_to_a_server(to: str) -> None:
    async with mail_host() as host:
        with pytest.raises(PermanentFailure):
            await delivery(host.port).deliver(closed(to))
    assert host.greeted == 0


async def test_failures_do_not_contain_addresses_or_tokens(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for command, answer in (("RCPT", "550"), ("RCPT", "450"), ("DATA", "554"), ("DATA", "451")):
        async with mail_host(answers={command: f"{answer} no: {TOKEN}"}) as host:
            said.append(
                await refused(host.port, TemporaryFailure if answer[0] == "4" else PermanentFailure)
            )
    async with scripted_host(GREETING, HELLO, YES, f"what {TO}?") as port:
        said.append(await refused(port, TemporaryFailure))
    # The server's own log is out of our control.
    said += [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert len(said) >= 5
    for secret in (TO, TOKEN, "alice"):
        assert secret not in "\n".join(said)


def test_the_mailer_does_not_reveal_its_password() -> None:
    server = MailServer(HOST, 25, "tls", "pong.example", ACCOUNT, PASSWORD)
    assert PASSWORD not in repr(server)


@asynccontextmanager
async def auth_with(
    host: MailHost, database: ServiceDatabase, settings: AuthSettings
) -> AsyncGenerator[Auth, None]:
    """Run the service as in production, with its outbox worker and this mail server."""
    own = settings.model_copy(update={"smtp_host": HOST, "smtp_port": host.port})
    async with database.committed() as db:
        app = create_app(own, db=db, passwords=PasswordHashing(CHEAPEST), clock=CLOCK)
        log = Log()
        with log.listening():
            async with client_of(app) as client:
                yield Auth(client, CLOCK, db, log)


async def test_a_registration_sends_a_mail_with_a_working_link(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    async with mail_host() as host, auth_with(host, auth_database, settings) as auth:
        assert (await auth.register("Alice")).status_code == 201
        await until(lambda: host.arrived)
        text = host.arrived[0].part("plain")
        link = re.search(f"{settings.public_url}/verify\\?token=(\\S+)", text)
        assert link is not None
        assert (await verify(auth, link[1])).status_code == 200
        await until_asked(lambda: is_empty(auth))
        assert len(host.arrived) == 1
        [delivered] = auth.log.of("outbox-delivery")
        assert delivered["labels.result"] == "delivered"
        [sent] = auth.log.of("email-send")
        assert (sent["event.outcome"], sent["labels.letter"]) == ("success", "verify_address")
        for secret in (link[1], "Alice@example.org"):
            assert secret not in str(auth.log.events)


async def test_a_mail_waits_for_a_busy_server_and_the_log_names_no_player(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    busy = {"RCPT": "450 come back later"}
    async with mail_host(answers=busy) as host, auth_with(host, auth_database, settings) as auth:
        await auth.register("Alice")
        await until(lambda: auth.log.of("outbox-delivery"))
        busy.clear()
        await until(lambda: host.arrived)
        await until(lambda: len(auth.log.of("email-send")) == 2)
        first = auth.log.of("outbox-delivery")[0]
        assert first["labels.result"] == "postponed"
        assert first["error.message"] == "recipient refused: 450"
        not_sent, sent = auth.log.of("email-send")
        assert (not_sent["event.outcome"], not_sent["event.reason"]) == ("failure", "not_taken_now")
        assert sent["event.outcome"] == "success"
        assert sent["labels.message_id"] == not_sent["labels.message_id"]
        assert "Alice@example.org" not in str(auth.log.events)


async def test_a_registration_that_fails_to_commit_sends_nothing(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    async with mail_host() as host, auth_with(host, auth_database, settings) as auth:
        await auth.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
        )
        await auth.execute(
            "CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON accounts"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        try:
            assert (await auth.register("Alice")).is_server_error
        finally:
            await auth.execute("DROP FUNCTION refuse() CASCADE")
        await auth.register("Bob")
        await until(lambda: host.arrived)
        await until_asked(lambda: is_empty(auth))
    assert [letter.recipients for letter in host.arrived] == [["Bob@example.org"]]


async def is_empty(auth: Auth) -> bool:
    return await auth.rows("SELECT count(*) FROM pgqueuer") == [(0,)]
