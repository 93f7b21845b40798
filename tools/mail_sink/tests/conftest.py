import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

import httpx
import pytest
from aiosmtplib import SMTP

from mail_sink.app import create_app
from mail_sink.mailbox import Mailbox
from mail_sink.settings import LOOPBACK, Settings
from tests.fixtures.clients import client_of
from tests.fixtures.ports import free_ports

FEW = 5


@dataclass
class Sink:
    """The sink with real SMTP; its pages are requested without a network."""

    settings: Settings
    pages: httpx.AsyncClient

    async def take(self, message: EmailMessage | bytes, *recipients: str) -> str:
        """Send a message as auth does; returns the server's answer."""
        async with SMTP(hostname=LOOPBACK, port=self.settings.smtp_port) as client:
            to = recipients or ("alice@example.org",)
            if isinstance(message, EmailMessage):
                _, answer = await client.send_message(
                    message, sender="no-reply@example.org", recipients=list(to)
                )
            else:
                _, answer = await client.sendmail("no-reply@example.org", list(to), message)
        return answer

    async def listed(self, **query: str) -> list[dict[str, str]]:
        answer = await self.pages.get("/messages.json", params=query)
        assert answer.status_code == 200
        found: list[dict[str, str]] = answer.json()
        return found


@pytest.fixture
async def sink() -> AsyncGenerator[Sink, None]:
    settings = Settings(smtp_port=free_ports(1)[0])
    async with client_of(create_app(settings, Mailbox(newest=FEW))) as pages:
        pages.base_url = httpx.URL("http://localhost:8025")
        yield Sink(settings, pages)


@contextmanager
def held_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]
