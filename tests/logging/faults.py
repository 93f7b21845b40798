"""Faults of the day: services that hang or are killed, an unavailable
database, and a broken table."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import asyncpg
import httpx
import psutil

from auth.profiles.picture_maker import WORKER_MODULE
from services.auth.tests.picture_files import jpeg_of_many_scans
from tests.browser.organising import ask as ask_tournaments
from tests.browser.organising import draft, opened
from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.launched import LaunchedPlatform
from tests.logging.company import wait_and_be_forgotten
from tests.logging.court import Seat, begin, has_heard
from tests.logging.fate import A_WEEK_WITHOUT_VERIFICATION, KEYS_OUT_OF_NOWHERE, befall
from tests.logging.lines import Written
from tests.logging.organiser import REASON
from tests.logging.people import GAMES, USER
from tests.platform.players import Account
from transcendence_common.request_id import REQUEST_ID_HEADER

LONGEST_SECONDS = 90
POLL_SECONDS = 0.3
HOTSEAT: dict[str, object] = {
    "kind": "hotseat",
    "format": "single_elimination",
    "aliases": ["Somebody", "Somebody else"],
}
OF_AN_OUTAGE = (
    "outbox-disconnected",
    "signals-disconnected",
    "live-matches-not-stored",
    "periodic-work",
    "signing-key-lookup",
)
CLIENT_OF_POSTGRES = "127.0.0.1("
"""Part of the title of a PostgreSQL process that serves a connection."""
BROKEN = """
    CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'out of order'; END $$;
"""
AT_ONCE = "CREATE TRIGGER broken BEFORE INSERT ON blocks FOR EACH ROW EXECUTE FUNCTION break_down()"
AT_THE_END = (
    "CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON blocks DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION break_down()"
)


class Faults:
    """Causes faults one after another, and waits until each has been logged."""

    def __init__(self, platform: LaunchedPlatform, written: Written) -> None:
        self._platform = platform
        self._written = written
        self.request_ids: set[str] = set()
        """Request IDs of requests that bypassed the gateway."""

    async def lose_history(self, account: Account) -> None:
        """Freeze history: requests that need it fail after a timeout or continue without it."""
        cup = await opened(account, size=2)
        hotseat = await draft(account, **HOTSEAT)
        await ask_tournaments(account, "POST", f"{hotseat}/start")
        with self._platform.frozen("history"):
            page, ticket, *_ = await asyncio.gather(
                account.client.get("/leaderboard"),
                account.client.post(
                    f"{GAMES}/tournaments{hotseat}/pairings/1/ticket", headers=account.headers
                ),
                wait_and_be_forgotten(account, points=7),
                ask_tournaments(account, "POST", f"{cup}/entries", {}),
            )
            assert page.status_code == httpx.codes.SERVICE_UNAVAILABLE
            assert ticket.status_code == httpx.codes.SERVICE_UNAVAILABLE
            too_few = await account.client.post(
                f"{GAMES}/tournaments{cup}/start", headers=account.headers
            )
            assert too_few.status_code == httpx.codes.CONFLICT
        for path in (hotseat, cup):
            await ask_tournaments(account, "POST", f"{path}/cancellation", REASON)

    async def lose_a_match(self, one: Account, other: Account) -> None:
        """Give a match to another process in the middle of it, and then make
        it impossible to continue."""
        match_id = await begin(one, other)
        async with Seat(one, self._platform.url, match_id).taken() as seat:
            await seat.until(has_heard)
            await befall(self._platform, "tournament", KEYS_OUT_OF_NOWHERE, match_id)
            await self.is_said("match-lost", "match-broken")

    async def spoil_a_picture(self, account: Account) -> None:
        """Kill the worker processes while they resize a picture."""
        auth = self._platform.process("auth")
        putting = asyncio.create_task(
            account.client.put(
                f"{USER}/profile/avatar", content=jpeg_of_many_scans(), headers=account.headers
            )
        )
        async with asyncio.timeout(LONGEST_SECONDS):
            while not putting.done():
                _end(auth.children(), WORKER_MODULE)
                await asyncio.sleep(POLL_SECONDS)
        assert putting.result().status_code == httpx.codes.SERVICE_UNAVAILABLE

    async def lose_the_database(self) -> None:
        """Freeze the main process of PostgreSQL and end all connections."""
        with self._platform.frozen("postgres"):
            _end(self._platform.process("postgres").children(), CLIENT_OF_POSTGRES)
            await self._show_unknown_key("auth", f"{USER}/me")
            await self.is_said(*OF_AN_OUTAGE)
        for service in ("auth", "history", "tournament"):
            await self._is_ready(service)

    async def lose_auth(self, newcomer: str) -> None:
        """Freeze auth, so that its keys are unavailable; then kill it, so that its hourly
        work runs at the next start."""
        with self._platform.frozen("auth"):
            await self._show_unknown_key("history", "/api/history/matches")
        await self.is_said("jwks-fetch")
        await befall(self._platform, "auth", A_WEEK_WITHOUT_VERIFICATION, newcomer)
        self._platform.process("auth").kill()
        await self.is_said("accounts-expired")
        await self._is_ready("auth")

    async def break_a_table(self, one: Account, other: Account) -> None:
        for trigger in (AT_ONCE, AT_THE_END):
            async with self._broken(trigger):
                failed = await one.client.put(
                    f"{USER}/blocks/{other.username}", headers=one.headers
                )
                assert failed.is_server_error, failed.text

    async def is_said(self, *actions: str) -> None:
        """Wait until each of these actions has been logged."""
        missing = set(actions)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while missing := {each for each in missing if not self._is_said(each)}:  # noqa: ASYNC110
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise AssertionError(f"not logged: {sorted(missing)}") from None

    def _is_said(self, action: str) -> bool:
        """Search the raw lines, as the last one may be incomplete."""
        return any(f'"{action}"' in line for line in self._written.raw())

    async def _show_unknown_key(self, service: str, path: str) -> None:
        """Send a token with an unknown key, as of a new replica; it bypasses the
        gateway, which would refuse it."""
        stranger = Person("Somebody", SigningKey("a-key-of-tomorrow"))
        request_id = uuid4().hex
        self.request_ids.add(request_id)
        async with httpx.AsyncClient(timeout=LONGEST_SECONDS) as inside:
            refused = await inside.get(
                self._platform.service_url(service) + path,
                headers={REQUEST_ID_HEADER: request_id, **stranger.headers},
            )
        assert refused.status_code == httpx.codes.UNAUTHORIZED, refused.text

    async def _is_ready(self, service: str) -> None:
        async with asyncio.timeout(LONGEST_SECONDS), httpx.AsyncClient() as probe:
            while True:
                try:
                    answer = await probe.get(f"{self._platform.service_url(service)}/health/ready")
                    if answer.is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(POLL_SECONDS)

    @asynccontextmanager
    async def _broken(self, trigger: str) -> AsyncIterator[None]:
        connection = await asyncpg.connect(self._platform.database_url("auth"))
        try:
            await connection.execute(BROKEN)
            await connection.execute(trigger)
            yield
        finally:
            await connection.execute("DROP FUNCTION IF EXISTS break_down() CASCADE")
            await connection.close()


def _end(processes: Iterable[psutil.Process], whose: str) -> None:
    """Terminate the processes whose command line contains a text,
    unless they have already ended."""
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            if whose in " ".join(each.cmdline()):
                each.terminate()
