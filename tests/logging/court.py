"""Two players at a court: one loses the connection, returns, and finally resigns."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import websockets

from demo import wire
from tests.browser.people import meet
from tests.platform.players import Account
from tests.tournaments.players import ROOT, TROUBLE, trusting_anybody

LONGEST_SECONDS = 90
AGAIN_SECONDS = 0.05


class Seat:
    """A player's socket, which answers the server's beats and presses no key."""

    def __init__(self, account: Account, url: str, match_id: str) -> None:
        self._account = account
        self._url = f"{url.replace('http', 'ws', 1)}{ROOT}/matches/{match_id}/play"
        self._socket: websockets.ClientConnection | None = None
        self.phase: int | None = None
        self.is_over = False
        self._news = asyncio.Event()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator["Seat"]:
        """Stay connected during the context, reconnecting after each interruption."""
        sitting = asyncio.create_task(self._sit())
        try:
            yield self
        finally:
            sitting.cancel()
            await asyncio.wait({sitting})

    async def until(self, happens: Callable[["Seat"], bool]) -> None:
        async with asyncio.timeout(LONGEST_SECONDS):
            while not happens(self):
                self._news.clear()
                await self._news.wait()

    async def give_up(self) -> None:
        assert self._socket is not None
        await self._socket.send(wire.RESIGN_MESSAGE)

    async def _sit(self) -> None:
        trust = trusting_anybody() if self._url.startswith("wss") else None
        while not self.is_over:
            with suppress(*TROUBLE):
                async with websockets.connect(
                    self._url, additional_headers=self._account.headers, ssl=trust
                ) as self._socket:
                    await self._play(self._socket)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _play(self, socket: websockets.ClientConnection) -> None:
        async for frame in socket:
            assert isinstance(frame, bytes)
            for message in wire.split_frame(frame):
                if isinstance(message, wire.Beat):
                    await socket.send(wire.beat_answer(message))
                elif isinstance(message, wire.Phase):
                    self.phase = message.phase
                elif isinstance(message, wire.End):
                    self.is_over = True
                self._news.set()


async def play(one: Account, other: Account, url: str) -> None:
    match_id = await begin(one, other)
    async with Seat(one, url, match_id).taken() as staying:
        async with Seat(other, url, match_id).taken():
            await staying.until(is_playing)
        await staying.until(lambda seat: seat.phase == wire.AWAY)
        async with Seat(other, url, match_id).taken() as back:
            await back.until(is_playing)
            await back.give_up()
            await staying.until(lambda seat: seat.is_over)


async def begin(one: Account, other: Account) -> str:
    return (await meet(one, other)).removeprefix("/online/")


async def leave_alone(one: Account, other: Account, url: str) -> None:
    """Begin a match and leave it unfinished."""
    async with Seat(one, url, await begin(one, other)).taken() as seat:
        await seat.until(has_heard)


def has_heard(seat: Seat) -> bool:
    return seat.phase is not None


def is_playing(seat: Seat) -> bool:
    return seat.phase == wire.PLAYING
