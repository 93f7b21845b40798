"""Mail servers on real sockets: a configurable one, and one that follows a script."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from socket import socket

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from auth.settings import SmtpTls
from tests.fixtures.ports import HOST
from tests.fixtures.waiting import until

ACCOUNT = "pong"
PASSWORD = "the server's own"
LARGEST_LETTER = 100_000


@dataclass(frozen=True)
class Arrival:
    """A mail as the server received it."""

    sender: str
    recipients: list[str]
    account: str
    encrypted: bool
    source: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.source, policy=SMTP_POLICY)

    def part(self, kind: str) -> str:
        """Return the mail's `plain` or `html` part as text."""
        body = self.message.get_body((kind,))
        assert body is not None, f"no {kind} in it"
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailHost:
    """The received mails, and the answers to `MAIL`, `RCPT` and `DATA` in place of a success."""

    port: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    arrived: list[Arrival] = field(default_factory=list)
    greeted: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,  # noqa: ARG002
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.greeted += 1
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, sender: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return f"{self.answers['RCPT']} <{to}>"
        envelope.rcpt_tos.append(to)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if "DATA" in self.answers:
            return f"{self.answers['DATA']} <{envelope.rcpt_tos[0]}>"
        self.arrived.append(
            Arrival(
                sender=envelope.mail_from or "",
                recipients=envelope.rcpt_tos,
                account=str(session.auth_data),
                encrypted=_is_encrypted(server),
                source=envelope.original_content or b"",
            )
        )
        return "250 OK"


@asynccontextmanager
async def mail_host(
    *,
    tls: SmtpTls = "none",
    certificate: ssl.SSLContext | None = None,
    utf8: bool = True,
    asks_for_password: bool = False,
    answers: Mapping[str, str] | None = None,
    port: int = 0,
) -> AsyncGenerator[MailHost, None]:
    """Receive mails on a port, by default a free one; `answers` replace successes.

    The server accepts a password only with encryption, and requires one only after STARTTLS.
    """
    loop = asyncio.get_running_loop()
    host = MailHost(answers={} if answers is None else answers)
    connections: dict[socket, asyncio.Transport] = {}

    def connected() -> SMTP:
        return _Visit(
            connections,
            handler=host,
            loop=loop,
            hostname="mail.example",
            enable_SMTPUTF8=utf8,
            data_size_limit=LARGEST_LETTER,
            tls_context=certificate if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            authenticator=_check_password if asks_for_password else None,
            # The library only knows STARTTLS, and warns.
            auth_required=asks_for_password and tls != "tls",
            auth_require_tls=tls != "tls",
        )

    inside = certificate if tls == "tls" else None
    server = await loop.create_server(connected, HOST, port, ssl=inside)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        # Some connections stay open, such as one whose client rejected the certificate.
        for connection in connections.values():
            connection.abort()
        await until(lambda: all(each.fileno() < 0 for each in connections))


class _Visit(SMTP):
    """A session that records its connections: STARTTLS creates a second one, and
    the first would remain open."""

    # In the usual spelling, which some clients require.
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(self, connections: dict[socket, asyncio.Transport], **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._original_transport is None:
            assert isinstance(transport, asyncio.Transport)
            self._connections[transport.get_extra_info("socket")] = transport


def _is_encrypted(server: SMTP) -> bool:
    assert server.transport is not None
    return server.transport.get_extra_info("sslcontext") is not None


def _check_password(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
) -> AuthResult:
    assert isinstance(given, LoginPassword)
    right = given == LoginPassword(ACCOUNT.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=given.login.decode())


@asynccontextmanager
async def scripted_host(*lines: str, hangs: bool = False) -> AsyncGenerator[int, None]:
    """Send the lines, the first one at once and each other one after a command;
    then hang up or stay silent.

    After a line that begins with 354 the whole mail counts as one command.
    """
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for number, line in enumerate(lines):
                if number:
                    letter_follows = lines[number - 1].startswith("354")
                    await reader.readuntil(b"\r\n.\r\n" if letter_follows else b"\r\n")
                writer.write(f"{line}\r\n".encode())
            if hangs:
                await reader.read(-1)
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(connected, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for over in talks:
            over.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
