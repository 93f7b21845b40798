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
from ui.caching import NO_STORE
from ui.clients.backend import BackendDown, Refused
from ui.clients.streams import GameStreamsClient, StreamsClient
from ui.pages import PageRequest
from ui.session.state import session_of

RETRY_AFTER_SECONDS: Final = 5
STOP_CHECK_SECONDS: Final = 0.2
"""Seconds between checks whether the process is stopping; one check serves all streams."""
GAMES_RECONNECT_SECONDS: Final = (5.0, 15.0)
"""Seconds until a page connects to tournament again, chosen at random: all pages lose the connection at the same
time."""
GAMES_CHANGED_EVENT: Final = b"event: games\ndata: {}\n\n"
"""Sent when tournament's stream is open, in place of the events missed before: since the page was rendered, or since
tournament was available last."""
END_OF_EVENT: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")
SESSION_OVER: Final = 401

OpenStream = Callable[[], Awaitable[httpx.Response]]


@get("/live", opt={STAYS_OPEN: True})
async def stream_events(
    request: PageRequest,
    streams: NamedDependency[StreamsClient],
    game_streams: NamedDependency[GameStreamsClient],
    relay: NamedDependency["StreamRelay"],
) -> Response[Any]:
    session = session_of(request)
    if STOPPING.is_set() or (session.unsure and session.access_token is None):
        return _retry_later_answer()
    if session.access_token is None:
        return _no_reconnect_answer()
    try:
        answer = await streams.open_events(session.access_token)
        return relay.forward_streams(
            answer, partial(game_streams.open_events, session.access_token)
        )
    except BackendDown:
        return _retry_later_answer()
    except Refused as refused:
        return _no_reconnect_answer() if refused.status == SESSION_OVER else _retry_later_answer()


class StreamRelay:
    """Forwards streams until they end or break, the reader disconnects, or the process stops.

    Each is read by a task of its own, which can still close its connection after it was cancelled.
    """

    def __init__(self) -> None:
        self._reading: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        watching = asyncio.create_task(self._stop_with_process())
        yield
        watching.cancel()

    def forward_streams(self, answer: httpx.Response, open_games: "OpenStream") -> Stream:
        chunks: asyncio.Queue[bytes] = asyncio.Queue()
        reading = asyncio.create_task(_forward_auth_events(answer, chunks))
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)
        following = asyncio.create_task(_forward_games(open_games, chunks))
        self._following.add(following)
        following.add_done_callback(self._following.discard)
        reading.add_done_callback(lambda _: _cancel_once(following))
        # Also sent if the task was cancelled before it began.
        reading.add_done_callback(lambda _: chunks.put_nowait(b""))
        return Stream(
            _chunks_until_end(chunks, reading),
            media_type="text/event-stream",
            headers=NO_STORE,
            # If the reader disconnects while a chunk is being sent, the generator stays suspended until it is
            # collected.
            background=BackgroundTask(_cancel_once_later, reading),
        )

    async def _stop_with_process(self) -> None:
        """Cancel all streams once the process is stopping: uvicorn waits for open streams, and a signal wakes no
        task."""
        while True:
            await asyncio.sleep(STOP_CHECK_SECONDS)
            # Repeated, because a stream may have been added in the meantime.
            for reading in list(self._reading) if STOPPING.is_set() else ():
                _cancel_once(reading)


async def _forward_auth_events(answer: httpx.Response, chunks: "asyncio.Queue[bytes]") -> None:
    try:
        with suppress(httpx.HTTPError):
            async for events in _whole_events(answer):
                chunks.put_nowait(events)
    finally:
        await answer.aclose()


async def _forward_games(open_games: "OpenStream", chunks: "asyncio.Queue[bytes]") -> None:
    """Forward the events of tournament's stream until cancelled, and reconnect after each interruption. The player
    stays online while tournament is unavailable."""
    while True:
        with suppress(BackendDown, Refused, httpx.HTTPError):
            answer = await open_games()
            try:
                chunks.put_nowait(GAMES_CHANGED_EVENT)
                async for events in _whole_events(answer):
                    chunks.put_nowait(events)
            finally:
                await answer.aclose()
        await asyncio.sleep(uniform(*GAMES_RECONNECT_SECONDS))  # noqa: S311 - a guessable value does no harm


async def _whole_events(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Yield a stream's chunks cut at the end of an event, because an event of another stream may follow."""
    rest = b""
    async for chunk in answer.aiter_raw():
        rest += chunk
        ends = [found.end() for found in END_OF_EVENT.finditer(rest)]
        if ends:
            yield rest[: ends[-1]]
            rest = rest[ends[-1] :]


async def _chunks_until_end(
    chunks: "asyncio.Queue[bytes]", reading: "asyncio.Task[None]"
) -> AsyncGenerator[bytes, None]:
    try:
        while chunk := await chunks.get():
            yield chunk
    finally:
        _cancel_once(reading)


def _cancel_once(reading: "asyncio.Task[None]") -> None:
    """Cancel a task once: a second cancellation would stop the closing of its connection, and leave its player
    online."""
    if not reading.cancelling():
        reading.cancel()


async def _cancel_once_later(reading: "asyncio.Task[None]") -> None:
    _cancel_once(reading)


def _retry_later_answer() -> Response[None]:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), **NO_STORE}
    return Response(None, status_code=503, media_type="text/plain", headers=headers)


def _no_reconnect_answer() -> Response[None]:
    """Return an answer after which a browser does not reconnect, and reports no error."""
    return Response(None, status_code=204, headers=NO_STORE)
