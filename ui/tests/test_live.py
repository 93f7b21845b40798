"""The event stream of a signed-in page, which forwards events and ends when either side leaves."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from litestar import Litestar

from contracts.auth.sessions import Tokens
from tests.gateway.tokens import SigningKey
from tests.gateway.upstream import FakeService, Receive, Send
from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.services import StandIns
from transcendence_common import draining
from ui import live
from ui.app import create_app
from ui.clients.streams import make_streams_client
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE
from ui.settings import UiSettings
from ui.wiring import Connections

EVENT = b"event: friends\ndata: {}\n\n"
GAMES = b"event: games\ndata: {}\n\n"
COMMENT = b": still here\n\n"
STREAMS = {"/api/user/events", "/api/tournament/events"}
PATIENCE_SECONDS = 60
"""A timeout that only a failing test reaches."""

Message = MutableMapping[str, Any]


class Events(httpx.AsyncByteStream):
    """An answer that stays open until the test ends it, or ui closes it."""

    def __init__(self) -> None:
        self.coming: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.closed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self.coming.get():
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def aclose(self) -> None:
        self.closed.set()


class StreamsOf(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.asked: list[httpx.Request] = []
        self.opened: list[Events] = []
        self.refuses: int | None = None
        self.down = False
        self._news = asyncio.Event()

    async def has_opened(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.opened) < count:
                self._news.clear()
                await self._news.wait()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("down", request=request)
        self.asked.append(request)
        await asyncio.sleep(0)
        if self.refuses:
            return httpx.Response(self.refuses, json={"code": "refused"}, request=request)
        events = Events()
        self.opened.append(events)
        self._news.set()
        return httpx.Response(200, stream=events, request=request)


class Listener:
    """A browser with an open stream, as a server presents it to the application."""

    def __init__(self, app: Litestar, tokens: Tokens | None) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.heard = b""
        self._said: asyncio.Queue[Message] = asyncio.Queue()
        self._news = asyncio.Event()
        cookies = (
            [(ACCESS_COOKIE, tokens.access_token), (REFRESH_COOKIE, tokens.refresh_token)]
            if tokens
            else []
        )
        cookie = "; ".join(f"{name}={value}" for name, value in cookies)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "https",
            "path": "/live",
            "raw_path": b"/live",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"cookie", cookie.encode()), (b"accept", b"text/event-stream")],
            "client": ("127.0.0.1", 1),
            "server": ("pong.test", 443),
            "extensions": {},
        }
        self._said.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self.task = asyncio.create_task(app(scope, self._said.get, self._send))  # type: ignore[arg-type]

    async def hears(self, expected: bytes) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.heard != expected:
                self._news.clear()
                await self._news.wait()

    async def answered(self) -> int:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.status:
                await self._news.wait()
        return self.status

    def leave(self) -> None:
        self._said.put_nowait({"type": "http.disconnect"})

    async def ended(self) -> None:
        """Whether the answer is complete; a server reports that to the
        application as a disconnect."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.task

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.heard += message["body"]
            if not message.get("more_body"):
                self.leave()
        self._news.set()


@pytest.fixture(scope="module")
def events() -> StreamsOf:
    """The events of auth."""
    return StreamsOf()


@pytest.fixture(scope="module")
def games() -> StreamsOf:
    """The events of tournament."""
    return StreamsOf()


@pytest.fixture(scope="module")
async def the_pages(
    built_stand_ins: StandIns, events: StreamsOf, games: StreamsOf
) -> AsyncIterator[Litestar]:
    app = create_app(
        UiSettings(environment="test"),
        connections=Connections(
            auth=built_stand_ins.auth.switch.client(),
            auth_streams=httpx.AsyncClient(transport=events, base_url="http://stand-in"),
            history=built_stand_ins.history.switch.client(),
            tournament=built_stand_ins.tournament.switch.client(),
            tournament_streams=httpx.AsyncClient(transport=games, base_url="http://stand-in"),
        ),
        keys=built_stand_ins.auth,
    )
    begun, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            begun.set()
            await over.wait()

    # In one task from beginning to end, as in a server; a fixture might end in another one.
    life = asyncio.create_task(live())
    await begun.wait()
    yield app
    over.set()
    await life


@pytest.fixture
def app(
    the_pages: Litestar,
    stand_ins: StandIns,  # noqa: ARG001 - reset, as the two streams are
    events: StreamsOf,
    games: StreamsOf,
) -> Litestar:
    events.reset()
    games.reset()
    return the_pages


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect to tournament without a delay."""
    monkeypatch.setattr(live, "GAMES_RECONNECT_SECONDS", (0.0, 0.01))


@pytest.fixture
def stopping() -> Iterator[None]:
    yield
    draining.STOPPING.clear()


@pytest.fixture
async def listener(app: Litestar, auth: StandInAuth) -> Listener:
    return Listener(app, auth.sign_in("Alice"))


async def test_events_of_auth_are_forwarded(listener: Listener, events: StreamsOf) -> None:
    assert await listener.answered() == 200
    assert listener.headers["content-type"].startswith("text/event-stream")
    assert listener.headers["cache-control"] == "no-store"
    await listener.hears(GAMES)
    events.opened[0].coming.put_nowait(EVENT)
    await listener.hears(GAMES + EVENT)
    events.opened[0].coming.put_nowait(COMMENT)
    await listener.hears(GAMES + EVENT + COMMENT)
    assert not listener.task.done()
    listener.leave()
    await listener.ended()


async def test_the_page_looks_again_once_it_is_connected_to_tournament(
    listener: Listener, games: StreamsOf
) -> None:
    """A challenge withdrawn after the page was rendered, before the connection, would stay on it."""
    await listener.answered()
    await games.has_opened(1)
    await listener.hears(GAMES)
    listener.leave()
    await listener.ended()


async def test_events_of_tournament_are_forwarded_in_the_same_answer(
    listener: Listener, events: StreamsOf, games: StreamsOf
) -> None:
    await listener.hears(GAMES)
    games.opened[0].coming.put_nowait(GAMES)
    await listener.hears(GAMES + GAMES)
    events.opened[0].coming.put_nowait(EVENT)
    await listener.hears(GAMES + GAMES + EVENT)
    listener.leave()
    await listener.ended()


@pytest.mark.parametrize("end_of_line", [b"\n", b"\r\n", b"\r"])
async def test_an_event_in_pieces_is_not_mixed_with_another(
    listener: Listener, events: StreamsOf, games: StreamsOf, end_of_line: bytes
) -> None:
    event, game = (each.replace(b"\n", end_of_line) for each in (EVENT, GAMES))
    await listener.answered()
    await games.has_opened(1)
    for place in range(len(event) - 1):
        events.opened[0].coming.put_nowait(event[place : place + 1])
    games.opened[0].coming.put_nowait(game)
    await listener.hears(GAMES + game)
    events.opened[0].coming.put_nowait(event[-1:] + event)
    await listener.hears(GAMES + game + event + event)
    listener.leave()
    await listener.ended()


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("trouble", ["down", "refuses", "ends", "breaks"])
async def test_the_stream_continues_without_tournament_and_signals_its_return(
    app: Litestar, auth: StandInAuth, events: StreamsOf, games: StreamsOf, trouble: str
) -> None:
    games.down = trouble == "down"
    games.refuses = 503 if trouble == "refuses" else None
    listener = Listener(app, auth.sign_in("Alice"))
    assert await listener.answered() == 200
    if trouble in {"ends", "breaks"}:
        await games.has_opened(1)
        games.opened[0].coming.put_nowait(httpx.ReadError("gone") if trouble == "breaks" else b"")
        await games.has_opened(2)
        assert games.opened[0].closed.is_set()
        await listener.hears(GAMES + GAMES)
    events.opened[0].coming.put_nowait(COMMENT)
    await listener.hears(COMMENT if games.down or games.refuses else GAMES + GAMES + COMMENT)
    if games.down or games.refuses:
        games.down, games.refuses = False, None
        await games.has_opened(1)
        await listener.hears(COMMENT + GAMES)
    listener.leave()
    await listener.ended()


async def test_the_end_of_auths_stream_ends_the_whole_stream(
    listener: Listener, events: StreamsOf, games: StreamsOf
) -> None:
    await listener.answered()
    await games.has_opened(1)
    events.opened[0].coming.put_nowait(b"")
    await listener.ended()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await games.opened[0].closed.wait()


async def test_leaving_closes_the_connection_to_tournament(
    listener: Listener, events: StreamsOf, games: StreamsOf
) -> None:
    await listener.answered()
    await games.has_opened(1)
    listener.leave()
    await listener.ended()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await games.opened[0].closed.wait()
        await events.opened[0].closed.wait()


async def test_tournament_gets_the_players_token_only_after_auth_has_answered(
    app: Litestar, auth: StandInAuth, events: StreamsOf, games: StreamsOf
) -> None:
    events.refuses = 503
    listener = Listener(app, auth.sign_in("Alice"))
    await listener.answered()
    assert games.asked == []
    events.refuses = None
    tokens = auth.sign_in("Alice")
    listener = Listener(app, tokens)
    await listener.answered()
    await games.has_opened(1)
    assert games.asked[0].url.path == "/api/tournament/events"
    assert games.asked[0].headers["authorization"] == f"Bearer {tokens.access_token}"
    listener.leave()
    await listener.ended()


async def test_auth_gets_the_players_token(
    app: Litestar, auth: StandInAuth, events: StreamsOf
) -> None:
    tokens = auth.sign_in("Alice")
    listener = Listener(app, tokens)
    await listener.answered()
    assert events.asked[0].url.path == "/api/user/events"
    assert events.asked[0].headers["authorization"] == f"Bearer {tokens.access_token}"
    listener.leave()
    await listener.ended()


async def test_leaving_closes_the_connection_to_auth(listener: Listener, events: StreamsOf) -> None:
    await listener.answered()
    listener.leave()
    await listener.ended()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await events.opened[0].closed.wait()


async def test_leaving_before_the_first_event_closes_the_connection(
    app: Litestar, auth: StandInAuth, events: StreamsOf
) -> None:
    for _ in range(20):
        listener = Listener(app, auth.sign_in("Alice"))
        listener.leave()
        await listener.ended()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(opened.closed.wait() for opened in events.opened))


@pytest.mark.parametrize("last_word", [b"", httpx.ReadError("gone"), httpx.ReadTimeout("silent")])
async def test_the_stream_ends_when_auth_ends_it_or_fails(
    listener: Listener, events: StreamsOf, last_word: bytes | Exception
) -> None:
    await listener.hears(GAMES)
    events.opened[0].coming.put_nowait(EVENT)
    events.opened[0].coming.put_nowait(last_word)
    await listener.ended()
    assert listener.heard == GAMES + EVENT


async def test_an_expired_token_is_renewed_for_the_stream(
    app: Litestar, auth: StandInAuth, events: StreamsOf
) -> None:
    tokens = auth.sign_in("Alice", access_seconds=-1)
    listener = Listener(app, tokens)
    assert await listener.answered() == 200
    assert (
        ACCESS_COOKIE in listener.headers["set-cookie"]
        or REFRESH_COOKIE in listener.headers["set-cookie"]
    )
    assert events.asked[0].headers["authorization"] != f"Bearer {tokens.access_token}"
    listener.leave()
    await listener.ended()


async def test_a_visitor_gets_an_empty_answer(app: Litestar, events: StreamsOf) -> None:
    listener = Listener(app, None)
    assert await listener.answered() == 204
    assert events.asked == []


async def test_an_ended_session_gets_an_empty_answer(
    app: Litestar, auth: StandInAuth, events: StreamsOf
) -> None:
    events.refuses = 401
    listener = Listener(app, auth.sign_in("Alice"))
    assert await listener.answered() == 204


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_auth_is_answered_with_a_time_to_retry(
    app: Litestar, auth: StandInAuth, events: StreamsOf, status: int
) -> None:
    events.refuses = status
    listener = Listener(app, auth.sign_in("Alice"))
    assert await listener.answered() == 503
    assert int(listener.headers["retry-after"]) > 0


async def test_an_unavailable_auth_is_answered_with_a_time_to_retry(
    app: Litestar, auth: StandInAuth, events: StreamsOf
) -> None:
    events.down = True
    listener = Listener(app, auth.sign_in("Alice"))
    assert await listener.answered() == 503
    assert int(listener.headers["retry-after"]) > 0
    assert listener.heard == b""


async def test_a_token_that_cannot_be_verified_is_answered_with_a_time_to_retry(
    app: Litestar, auth: StandInAuth
) -> None:
    auth.switch.down = True
    listener = Listener(app, auth.sign_in("Alice"))
    assert await listener.answered() == 503


@pytest.mark.usefixtures("stopping")
async def test_a_stopping_process_closes_its_streams_and_accepts_no_more(
    app: Litestar, auth: StandInAuth, events: StreamsOf, games: StreamsOf
) -> None:
    listeners = [Listener(app, auth.sign_in("Alice")) for _ in range(50)]
    for listener in listeners:
        assert await listener.answered() == 200
    draining.STOPPING.set()
    await asyncio.gather(*(listener.ended() for listener in listeners))
    assert all(opened.closed.is_set() for opened in events.opened)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(opened.closed.wait() for opened in games.opened))
    late = Listener(app, auth.sign_in("Alice"))
    assert await late.answered() == 503


async def test_a_stream_does_not_count_as_a_slow_answer(
    listener: Listener, browser: httpx.AsyncClient
) -> None:
    await listener.answered()
    listener.leave()
    await listener.ended()
    assert 'path="/live"' not in (await browser.get("/metrics")).text


async def test_the_number_of_streams_is_not_limited() -> None:
    """The pool for ordinary calls is small, and a stream would occupy a connection for minutes."""
    async with (
        make_streams_client("http://127.0.0.1:9") as client,
        client._transport.get_client() as session,  # type: ignore[attr-defined]
    ):
        assert session.connector.limit == 0


async def test_only_pages_of_signed_in_players_open_a_stream(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    landing = (await browser.get("/")).text
    assert "data-live" not in landing
    tokens = auth.sign_in("Alice")
    browser.cookies.set(ACCESS_COOKIE, tokens.access_token, domain="pong.test", path="/")
    for path in ("/lobby", "/matches", "/play/computer", "/settings"):
        text = (await browser.get(path)).text
        assert text.count('data-live="/live"') == 1


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("stop", "drain_seconds"), [(signal.SIGTERM, 1), (signal.SIGTERM, 0), (signal.SIGINT, 1)]
)
async def test_a_real_process_ends_despite_an_open_stream(
    stop: signal.Signals, drain_seconds: int
) -> None:
    """The stream ends properly for its reader, while a stream that uvicorn
    closes by force breaks off."""
    async with running_ui(drain_seconds) as ui, ui.listening() as coming:
        ui.process.send_signal(stop)
        assert [chunk async for chunk in coming] == []
        async with asyncio.timeout(PATIENCE_SECONDS):
            await ui.process.wait()


@pytest.mark.thorough
async def test_a_real_process_closes_its_connections_when_the_reader_leaves() -> None:
    """Otherwise the player would stay online for as long as the token is valid."""
    async with running_ui(0) as ui:
        async with ui.listening():
            assert ui.backend.left == set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while ui.backend.left != STREAMS:  # noqa: ASYNC110 - set by another thread
                await asyncio.sleep(0.01)
        assert ui.process.returncode is None


@dataclass
class Backend(FakeService):
    """Auth and tournament in one, whose streams last until their reader
    leaves; `left` counts those."""

    left: set[str] = field(default_factory=set)

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path not in STREAMS:
            await super()._serve(scope, receive, send)
            return
        await receive()
        await self._begin(send, 200, "text/event-stream")
        await send({"type": "http.response.body", "body": EVENT, "more_body": True})
        # The next message is that the connection is closed.
        await receive()
        self.left.add(path)


@dataclass
class RunningUi:
    process: asyncio.subprocess.Process
    backend: Backend
    url: str

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a page's stream, wait for the first event of both services, and collect the rest."""
        [key] = self.backend.keys
        cookie = {"Cookie": f"{ACCESS_COOKIE}={key.token()}"}
        async with (
            httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_SECONDS) as client,
            client.stream("GET", "/live", headers=cookie) as answer,
        ):
            coming = answer.aiter_raw()
            heard = b""
            while heard.count(EVENT) < len(STREAMS) or GAMES not in heard:
                heard += await anext(coming)
            yield coming


@asynccontextmanager
async def running_ui(drain_seconds: int) -> AsyncIterator[RunningUi]:
    backend, free = Backend("auth", keys=[SigningKey("k1")]), FakeService("ui")
    backend.start()
    environment = {
        "AUTH_URL": f"http://{backend.address}",
        "TOURNAMENT_URL": f"http://{backend.address}",
        "UI_PORT": str(free.port),
        "BIND_HOST": "127.0.0.1",
        "DRAIN_SECONDS": str(drain_seconds),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ui"), env={**os.environ, **environment}
    )
    url = f"http://{free.address}"
    try:
        await is_up(process, url)
        yield RunningUi(process, backend, url)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        backend.stop()


async def is_up(process: asyncio.subprocess.Process, url: str) -> None:
    """Wait until the server answers, for as long as its process runs."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
        while process.returncode is None:
            try:
                await client.get("/health/live")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    pytest.fail(f"ui ended with {process.returncode}")
