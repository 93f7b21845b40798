"""A day on the platform on which every kind of event happens once,
including refusals and outages."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from tests.fixtures.launched import LaunchedPlatform
from tests.fixtures.provider import OpenIdProcess
from tests.logging.company import keep_company, wait_and_be_forgotten
from tests.logging.court import leave_alone, play
from tests.logging.fate import A_MISSED_START, HOURS_WITHOUT_ANSWER, befall
from tests.logging.faults import Faults
from tests.logging.life import Life
from tests.logging.lines import Written
from tests.logging.organiser import organise, start_late
from tests.logging.people import GENEROUS_SECONDS, come
from tests.logging.secrets import Secrets
from tests.logging.sign_in_methods import SignInMethods
from tests.logging.visitor import Visitor
from tests.monitoring import traffic
from tests.platform.players import PASSWORD, Account, client_at

GARBAGE = (
    b"\x16\x03\x01\x00\x05hello",
    b'GET /\xff\xfe HTTP/1.1\r\nHost: "\r\n\r\n',
    b"no request\r\n\r\n",
)


@dataclass
class Day:
    """The written log lines of a day, and the secrets and faults that occurred on it."""

    platform: LaunchedPlatform
    written: Written
    secrets: Secrets = field(default_factory=Secrets)
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        self.faults = Faults(self.platform, self.written)

    async def pass_by(self, provider: OpenIdProcess) -> None:
        self.secrets.keep(PASSWORD)
        self.secrets.keep_files(self.platform.clone / ".state" / "secrets")
        async with AsyncExitStack() as clients:
            people = await come(self.platform, self.secrets, clients, count=9)
            newcomer = await self._go_well(provider, people)
            await self._go_wrong(newcomer, people)
        await asyncio.to_thread(self._send_garbage)
        self.written.keep_parts(self.platform.clone / ".state" / "logs")

    async def _go_well(self, provider: OpenIdProcess, people: Sequence[Account]) -> str:
        """Run all stories without faults in parallel; return the name of a new player who does not
        verify their address."""
        organiser, *guests, left, right, friend, forgotten, secretive = people
        await wait_and_be_forgotten(forgotten)
        async with AsyncExitStack() as clients, asyncio.TaskGroup() as stories:
            client = await clients.enter_async_context(
                client_at(self.platform.url, GENEROUS_SECONDS)
            )
            browsing = stories.create_task(Visitor(self.platform, self.secrets).run(friend))
            for story in (
                traffic.happen(self.platform),
                Life(self.platform, client, self.secrets).run(friend),
                SignInMethods(secretive, self.platform.url, self.secrets).run(provider),
                play(left, right, self.platform.url),
                self._have_company(organiser, *guests),
            ):
                stories.create_task(story)
        return browsing.result()

    async def _have_company(self, organiser: Account, *guests: Account) -> None:
        invitation_id = await keep_company(organiser, guests[0])
        await befall(self.platform, "tournament", HOURS_WITHOUT_ANSWER, invitation_id)
        path = await organise(organiser, *guests)
        await befall(self.platform, "tournament", A_MISSED_START, path.removeprefix("/"))
        await self.faults.is_said("tournament-postponed", "invitation-expired")
        await start_late(organiser, path)

    async def _go_wrong(self, newcomer: str, people: Sequence[Account]) -> None:
        """Cause the faults one after another, since each would disturb the others."""
        one, other, third, *_ = people
        await asyncio.gather(
            self.faults.lose_history(third),
            self.faults.lose_a_match(one, other),
            self.faults.spoil_a_picture(one),
        )
        await self.faults.break_a_table(one, other)
        await self.faults.is_said("queue-swept")
        await self.faults.lose_the_database()
        await self.faults.lose_auth(newcomer)
        # The process that runs this match will release it when it stops.
        await leave_alone(one, other, self.platform.url)

    def _send_garbage(self) -> None:
        trust = ssl.create_default_context()
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
        for garbage in GARBAGE:
            address = ("127.0.0.1", self.platform.ports.gateway)
            with (
                socket.create_connection(address, GENEROUS_SECONDS) as plain,
                trust.wrap_socket(plain, server_hostname="localhost") as wrapped,
            ):
                wrapped.sendall(garbage)
                wrapped.recv(1024)
