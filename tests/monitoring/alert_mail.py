"""An Alertmanager together with the mail server that it sends to."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from services.auth.tests.mail_host import Arrival, MailHost
from tests.monitoring.alertmanager import Alertmanager, eventually, running_alertmanager

SENDER = "alerts@pong.example.org"
# Alertmanager groups a critical alert for 10 s, a warning and the news
# that it is over for a minute.
SOON_SECONDS = 30
LATER_SECONDS = 90


@dataclass(frozen=True)
class Post:
    alertmanager: Alertmanager
    host: MailHost

    @property
    def subjects(self) -> list[str]:
        return [str(arrival.message["Subject"]) for arrival in self.host.arrived]

    async def arrival(self, subject: str, seconds: float = SOON_SECONDS) -> Arrival:
        """Wait for a mail with this subject, and check that there is only one."""

        async def is_there() -> bool:
            return subject in self.subjects

        await eventually(is_there, seconds, f"no mail {subject!r} but {self.subjects}")
        (found,) = (it for it in self.host.arrived if it.message["Subject"] == subject)
        return found

    async def failure(self) -> None:
        """Wait until a mail could not be delivered."""
        await eventually(self.alertmanager.failures, SOON_SECONDS, "no mail fails")


@asynccontextmanager
async def sending(
    folders: pytest.TempPathFactory, host: MailHost, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[Post, None]:
    """Start an Alertmanager with these variables that sends to a mail server."""
    server = {"SMTP_PORT": str(host.port), "MAIL_FROM": f"Pong <{SENDER}>"}
    folder = folders.mktemp("alertmanager")
    async with running_alertmanager(folder, server | dict(environment or {})) as running:
        yield Post(running, host)
