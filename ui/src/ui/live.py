"""The event stream of each open page of a signed-in player: events of auth and of tournament in one response.

A player is online while connected to auth, so the response begins and ends with auth's stream. Tournament's events are
added while tournament is available.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from random import uniform
from typing import Any, Final

import httpx
from litestar import Litestar, Response, get
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.response import Stream

from transcendence_common.draining import STOPPING
from transcendence_common.metrics import STAYS_OPEN
from ui.caching import NOT_KEPT
from ui.clients.backend import BackendDown, Refused
from ui.clients.streams import GameStreamsClient, StreamsClient
from ui.pages import PageRequest
from ui.session.state import session_of

RETRY_AFTER_SECONDS: Final = 5
LOOK_SECONDS: Final = 0.2
"""Seconds between checks whether the process is stopping; one check serves all streams."""
GAMES_AGAIN_SECONDS: Final = (5.0, 15.0)
"""Seconds until a page connects to tournament again, chosen at random: all pages lose the connection at the same
time."""
GAMES_MISSED: Final = b"event: games\ndata: {}\n\n"
"""Sent when tournament is available again, in place of the missed events."""
END_OF_EVENT: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")
SESSION_OVER: Final = 401

OpenStream = Callable[[], Awaitable[httpx.Response]]


@get("/live", opt={STAYS_OPEN: True})
async def listen(
    request: PageRequest,
    streams: NamedDependency[StreamsClient],
    game_streams: NamedDependency[GameStreamsClient],
    relay: NamedDependency["Relay"],
) -> Response[Any]:
    session = session_of(request)
    if STOPPING.is_set() or (session.unsure and session.access_token is None):
        return _later()
    if session.access_token is None:
        return _nobody()
    try:
        answer = await streams.events(session.access_token)
        return relay.pass_on(answer, partial(game_streams.events, session.access_token))
    except BackendDown:
        return _later()
    except Refused as refused:
        return _nobody() if refused.status == SESSION_OVER else _later()


class Relay:
    """Forwards streams until they end or break, the reader disconnects, or the process stops.

    Each is read by a task of its own, which can still close its connection after it was cancelled.
    """

    def __init__(self) -> None:
        self._reading: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        watching = asyncio.create_task(self._watch())
        yield
        watching.cancel()

    def pass_on(self, answer: httpx.Response, open_games: "OpenStream") -> Stream:
        chunks: asyncio.Queue[bytes] = asyncio.Queue()
        reading = asyncio.create_task(_read(answer, chunks))
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        following = asyncio.create_task(_follow(open_games, chunks))
        self._following.add(following)
        following.add_done_callback(self._following.discard)
        reading.add_done_callback(lambda _: _stop(following))
        # Also sent if the task was cancelled before it began.
        reading.add_done_callback(lambda _: chunks.put_nowait(b""))
        return Stream(
            _until_the_last(chunks, reading),
            media_type="text/event-stream",
            headers=NOT_KEPT,
            # If the reader disconnects while a chunk is being sent, the generator stays suspended until it is
            # collected.
            background=BackgroundTask(_stop_later, reading),
        )

    async def _watch(self) -> None:
        """Check for the process's stop, because uvicorn would wait for open streams, and a signal wakes no task."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            # Repeated, because a stream may have been added in the meantime.
            for reading in list(self._reading) if STOPPING.is_set() else ():
                _stop(reading)


async def _read(answer: httpx.Response, chunks: "asyncio.Queue[bytes]") -> None:
    try:
        with suppress(httpx.HTTPError):
            async for events in _whole_events(answer):
                chunks.put_nowait(events)
    finally:
        await answer.aclose()


async def _follow(open_games: "OpenStream", chunks: "asyncio.Queue[bytes]") -> None:
    """Follow tournament's stream until cancelled; the player stays online while tournament is unavailable."""
    missed = b""
    while True:
        with suppress(BackendDown, Refused, httpx.HTTPError):
            answer = await open_games()
            try:
                if missed:
                    chunks.put_nowait(missed)
                async for events in _whole_events(answer):
                    chunks.put_nowait(events)
            finally:
                await answer.aclose()
        await asyncio.sleep(uniform(*GAMES_AGAIN_SECONDS))  # noqa: S311 - a guessable value does no harm
        missed = GAMES_MISSED


async def _whole_events(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Yield a stream's chunks cut at the end of an event, because an event of another stream may follow."""
    rest = b""
    async for chunk in answer.aiter_raw():
        rest += chunk
        ends = [found.end() for found in END_OF_EVENT.finditer(rest)]
        if ends:
            yield rest[: ends[-1]]
            rest = rest[ends[-1] :]


async def _until_the_last(
    chunks: "asyncio.Queue[bytes]", reading: "asyncio.Task[None]"
) -> AsyncGenerator[bytes, None]:
    try:
        while chunk := await chunks.get():
            yield chunk
    finally:
        _stop(reading)


def _stop(reading: "asyncio.Task[None]") -> None:
    """Cancel a task once: a second cancellation would stop the closing of its connection, and leave its player
    online."""
    if not reading.cancelling():
        reading.cancel()


async def _stop_later(reading: "asyncio.Task[None]") -> None:
    _stop(reading)


def _later() -> Response[None]:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), **NOT_KEPT}
    return Response(None, status_code=503, media_type="text/plain", headers=headers)


def _nobody() -> Response[None]:
    """Return an answer after which a browser does not reconnect, and reports no error."""
    return Response(None, status_code=204, headers=NOT_KEPT)
