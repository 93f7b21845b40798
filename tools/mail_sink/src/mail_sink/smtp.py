"""The SMTP server. It accepts every address and never forwards a message."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP, Envelope, Session

from mail_sink.announcing import announce_message
from mail_sink.mailbox import Mailbox
from mail_sink.reading import read_message

LARGEST_MESSAGE = 1024 * 1024
# Seconds after which a silent connection is closed.
PATIENCE_SECONDS = 60


def now_utc() -> datetime:
    return datetime.now(UTC)


class MessageReceiver:
    """Stores each message that the SMTP server receives."""

    def __init__(self, mailbox: Mailbox, now: Callable[[], datetime] = now_utc) -> None:
        self._mailbox = mailbox
        self._now = now

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        source = envelope.original_content or b""
        letter = read_message(source, envelope.mail_from or "", envelope.rcpt_tos)
        message = self._mailbox.store_message(letter, self._now())
        announce_message(letter)
        return f"250 Kept as {message.id}"


@asynccontextmanager
async def smtp_listener(mailbox: Mailbox, host: str, port: int) -> AsyncGenerator[None, None]:
    """Run the SMTP server; raises OSError if the port cannot be opened."""
    loop = asyncio.get_running_loop()
    intake = MessageReceiver(mailbox)

    def connected() -> SMTP:
        return SMTP(
            intake,
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            # Otherwise the machine's own name is looked up, which may ask a remote name server.
            hostname="mail-sink",
            ident="mail sink",
            timeout=PATIENCE_SECONDS,
            loop=loop,
        )

    server = await loop.create_server(connected, host, port)
    try:
        yield
    finally:
        # Not awaited, because a client may keep its connection open as long as it likes.
        server.close()
