"""What goes wrong on the day: services that hang or are killed, a database that is away, another that is broken."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import asyncpg
import httpx
import psutil

from auth.profiles.picture_maker import WORKER
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
"""In the name of a PostgreSQL process that serves somebody."""
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
    """One after the other, each until it has been said."""

    def __init__(self, platform: LaunchedPlatform, written: Written) -> None:
        self._platform = platform
        self._written = written
        self.request_ids: set[str] = set()
        """Of what was asked behind the gateway's back."""

    async def lose_history(self, account: Account) -> None:
        """Whoever needs it waits as long as they have patience, and goes on without or is told."""
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
        """It is another's in the middle of it, and then nobody's who could go on with it."""
        match_id = await begin(one, other)
        async with Seat(one, self._platform.url, match_id).taken() as seat:
            await seat.until(has_heard)
            await befall(self._platform, "tournament", KEYS_OUT_OF_NOWHERE, match_id)
            await self.is_said("match-lost", "match-broken")

    async def spoil_a_picture(self, account: Account) -> None:
        """Whoever makes it is killed at work."""
        auth = self._platform.process("auth")
        putting = asyncio.create_task(
            account.client.put(
                f"{USER}/profile/avatar", content=jpeg_of_many_scans(), headers=account.headers
            )
        )
        async with asyncio.timeout(LONGEST_SECONDS):
            while not putting.done():
                _end(auth.children(), WORKER)
                await asyncio.sleep(POLL_SECONDS)
        assert putting.result().status_code == httpx.codes.SERVICE_UNAVAILABLE

    async def lose_the_database(self) -> None:
        """Whoever is connected is cut off, and nobody is let in: its main process hangs."""
        with self._platform.frozen("postgres"):
            _end(self._platform.process("postgres").children(), CLIENT_OF_POSTGRES)
            await self._show_unknown_key("auth", f"{USER}/me")
            await self.is_said(*OF_AN_OUTAGE)
        for service in ("auth", "history", "tournament"):
            await self._is_ready(service)

    async def lose_auth(self, newcomer: str) -> None:
        """While it hangs nobody's keys are had; killed, it does at its next start what it does every hour."""
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
        """Wait until each is in somebody's lines."""
        missing = set(actions)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while missing := {each for each in missing if not self._is_said(each)}:  # noqa: ASYNC110
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise AssertionError(f"nobody said {sorted(missing)}") from None

    def _is_said(self, action: str) -> bool:
        """In lines of which the last may be half there."""
        return any(f'"{action}"' in line for line in self._written.raw())

    async def _show_unknown_key(self, service: str, path: str) -> None:
        """As of another replica that has just made it; the gateway would turn it away."""
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
    """Those of whose command line it is a part; one that is gone already is no matter."""
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            if whose in " ".join(each.cmdline()):
                each.terminate()
