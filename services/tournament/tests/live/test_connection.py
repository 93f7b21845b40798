"""One socket over a network that can stall: queued messages, dropped messages, and its end."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from litestar.exceptions import WebSocketDisconnect
from litestar.types.asgi_types import WebSocketSendEvent

from demo import wire
from services.tournament.tests.live.network import Network
from tests.fixtures.patience import PATIENCE_SECONDS
from tournament.live.connection import (
    MOST_PLAYER_MESSAGES_A_SECOND,
    MOST_QUEUED_MESSAGES,
    SILENCE_LIMIT_SECONDS,
    Connection,
)
from tournament.live.protocol import (
    ClientMessage,
    CloseCode,
    EchoMessage,
    MessageRefused,
    ResignMessage,
)

FRESH = [b"<snapshot>", b"<phase>"]


@dataclass
class Talk:
    network: Network
    connection: Connection
    heard: list[ClientMessage]
    task: asyncio.Task[None]

    async def is_over(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.task


@asynccontextmanager
async def talking(
    hear: Callable[[ClientMessage], None] | None = None,
    *,
    goodbye_seconds: float = 5.0,
    in_frames: bool = False,
) -> AsyncGenerator[Talk, None]:
    network = Network()
    heard: list[ClientMessage] = []
    receive, send = network.ends()
    connection = Connection(
        send,
        lambda: FRESH,
        frames=network if in_frames else None,
        close_timeout_seconds=goodbye_seconds,
    )
    task = asyncio.create_task(connection.serve(receive, hear or heard.append))
    yield Talk(network, connection, heard, task)
    task.cancel()
    await asyncio.wait({task})


async def test_messages_arrive_in_order_and_together() -> None:
    async with talking() as talk:
        for message in (b"a", b"b", b"c"):
            talk.connection.queue_message(message)
        await talk.network.until(lambda: b"".join(talk.network.arrived) == b"abc")


async def test_sending_never_waits_and_a_backlog_becomes_one_snapshot() -> None:
    async with talking() as talk:
        await talk.network.blocks(talk.connection)
        for number in range(10 * MOST_QUEUED_MESSAGES):
            talk.connection.queue_message(b"%d," % number)
        talk.network.passes.set()
        await talk.network.until(lambda: len(talk.network.arrived) == 2)
        assert talk.network.arrived == [b"<stuck>", b"<snapshot><phase>"]
        talk.connection.queue_message(b"<next>")
        await talk.network.until(lambda: talk.network.arrived[-1] == b"<next>")


async def test_a_backlog_within_the_limit_is_not_dropped() -> None:
    async with talking() as talk:
        await talk.network.blocks(talk.connection)
        for _ in range(MOST_QUEUED_MESSAGES):
            talk.connection.queue_message(b".")
        talk.network.passes.set()
        await talk.network.until(
            lambda: talk.network.arrived == [b"<stuck>", b"." * MOST_QUEUED_MESSAGES]
        )


@pytest.mark.parametrize(
    "backlog", [0, MOST_QUEUED_MESSAGES - 1, MOST_QUEUED_MESSAGES, MOST_QUEUED_MESSAGES + 1, 500]
)
async def test_the_last_message_is_never_dropped(backlog: int) -> None:
    async with talking() as talk:
        await talk.network.blocks(talk.connection)
        for _ in range(backlog):
            talk.connection.queue_message(b".")
        talk.connection.close(CloseCode.DONE, b"<end>")
        talk.connection.queue_message(b"<too late>")
        talk.network.passes.set()
        await talk.is_over()
        everything = b"".join(talk.network.arrived)
        assert everything.endswith(b"<end>")
        assert b"<too late>" not in everything
        assert talk.network.closed == CloseCode.DONE


async def test_the_first_reason_to_close_counts() -> None:
    async with talking() as talk:
        talk.connection.close(CloseCode.TAKEN_OVER)
        talk.connection.close(CloseCode.DONE, b"<end>")
        await talk.is_over()
        assert talk.network.closed == CloseCode.TAKEN_OVER
        assert talk.network.arrived == []


async def test_a_client_that_reads_nothing_does_not_hold_the_socket() -> None:
    async with talking(goodbye_seconds=0.05) as talk:
        await talk.network.blocks(talk.connection)
        talk.connection.close(CloseCode.TOO_SLOW)
        await talk.is_over()
        assert talk.network.closed is None


async def test_a_client_that_does_not_answer_the_close_does_not_hold_the_socket() -> None:
    async with talking(goodbye_seconds=0.05) as talk:
        talk.network.hang_up = lambda: None  # type: ignore[method-assign]
        talk.connection.close(CloseCode.DONE)
        await talk.is_over()
        assert talk.network.closed == CloseCode.DONE


async def test_the_connection_ends_when_a_stalled_client_hangs_up() -> None:
    async with talking() as talk:
        await talk.network.blocks(talk.connection)
        talk.network.hang_up()
        await talk.is_over()


async def test_a_client_that_has_gone_is_no_error() -> None:
    async with talking() as talk:

        async def fail(_: WebSocketSendEvent) -> None:
            raise WebSocketDisconnect(detail="gone", code=1006)

        talk.connection._send = fail  # type: ignore[assignment]
        talk.connection.queue_message(b"x")
        await talk.is_over()


async def test_an_unexpected_error_is_not_hidden() -> None:
    def stumble(_: ClientMessage) -> None:
        raise ZeroDivisionError

    async with talking(stumble) as talk:
        talk.network.say(wire.RESIGN_MESSAGE)
        with pytest.raises(ZeroDivisionError):
            await talk.is_over()


async def test_messages_of_the_client_are_passed_on() -> None:
    async with talking() as talk:
        talk.network.say(wire.echo_message(7, 30, 99))
        talk.network.say(wire.RESIGN_MESSAGE)
        talk.network.hang_up()
        await talk.is_over()
        assert talk.heard == [EchoMessage(7, 30, 99), ResignMessage()]


@pytest.mark.parametrize(
    ("frame", "text", "code"),
    [
        (None, "hello", CloseCode.MALFORMED),
        (None, None, CloseCode.MALFORMED),
        (b"", None, CloseCode.MALFORMED),
        (b"\x09", None, CloseCode.MALFORMED),
        (b"\x01" * 64, None, CloseCode.MALFORMED),
        (b"\x01" * 65, None, CloseCode.TOO_LARGE),
    ],
)
async def test_an_invalid_message_closes_the_connection(
    frame: bytes | None, text: str | None, code: CloseCode
) -> None:
    async with talking() as talk:
        talk.network.say(frame, text)
        talk.network.say(wire.RESIGN_MESSAGE)
        await talk.is_over()
        assert talk.network.closed == code
        assert talk.heard == []


async def test_a_message_refused_by_the_match_closes_the_connection() -> None:
    def refuse(_: ClientMessage) -> None:
        raise MessageRefused(CloseCode.OUT_OF_ORDER)

    async with talking(refuse) as talk:
        talk.network.say(wire.keys_message(1, 1))
        await talk.is_over()
        assert talk.network.closed == CloseCode.OUT_OF_ORDER


async def test_too_many_messages_in_a_second_close_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tournament.live.connection.monotonic", lambda: 1_000.5)
    async with talking() as talk:
        for _ in range(MOST_PLAYER_MESSAGES_A_SECOND + 1):
            talk.network.say(wire.RESIGN_MESSAGE)
        await talk.is_over()
        assert talk.network.closed == CloseCode.TOO_MANY
        assert len(talk.heard) == MOST_PLAYER_MESSAGES_A_SECOND


async def test_the_allowed_number_of_messages_in_each_second_does_not_close_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = iter(range(10_000))
    monkeypatch.setattr(
        "tournament.live.connection.monotonic",
        lambda: next(seconds) / (MOST_PLAYER_MESSAGES_A_SECOND - 1),
    )
    async with talking() as talk:
        for _ in range(5 * MOST_PLAYER_MESSAGES_A_SECOND):
            talk.network.say(wire.RESIGN_MESSAGE)
        talk.network.hang_up()
        await talk.is_over()
        assert len(talk.heard) == 5 * MOST_PLAYER_MESSAGES_A_SECOND


async def test_only_messages_count_as_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("tournament.live.connection.monotonic", lambda: now)
    async with talking() as talk:
        now += SILENCE_LIMIT_SECONDS
        talk.network.say(wire.echo_message(1, 2, 3))
        talk.network.hang_up()
        await talk.is_over()
        assert talk.connection.last_heard_at == now


async def test_a_message_is_written_at_once_while_the_client_reads() -> None:
    async with talking(in_frames=True) as talk:
        talk.connection.queue_message(b"a")
        assert talk.network.arrived == [b"a"]


async def test_no_message_overtakes_one_that_waits_for_the_client() -> None:
    async with talking(in_frames=True) as talk:
        await talk.network.blocks(talk.connection)
        talk.connection.queue_message(b"<queued>")
        talk.network.passes.set()
        talk.connection.queue_message(b"<later>")
        await talk.network.until(lambda: len(talk.network.arrived) == 2)
        assert talk.network.arrived == [b"<stuck>", b"<queued><later>"]
        talk.connection.queue_message(b"<next>")
        assert talk.network.arrived[-1] == b"<next>"


async def test_a_backlog_of_frames_becomes_one_snapshot() -> None:
    async with talking(in_frames=True) as talk:
        await talk.network.blocks(talk.connection)
        for number in range(10 * MOST_QUEUED_MESSAGES):
            talk.connection.queue_message(b"%d," % number)
        talk.network.passes.set()
        talk.connection.queue_message(b"<later>")
        await talk.network.until(lambda: len(talk.network.arrived) == 2)
        assert talk.network.arrived == [b"<stuck>", b"<snapshot><phase>"]


async def test_frames_of_the_client_are_checked_like_all_messages() -> None:
    async with talking(in_frames=True) as talk:
        # The server begins to read once the connection is served.
        await asyncio.sleep(0)
        talk.network.handle_frame(wire.echo_message(1, 2, 3))
        assert talk.heard == [EchoMessage(1, 2, 3)]
        talk.network.handle_frame(b"\xff")
        await talk.is_over()
        assert talk.network.closed == wire.MALFORMED
        talk.network.handle_frame(wire.echo_message(4, 5, 6))
        assert len(talk.heard) == 1


async def test_an_unexpected_error_of_a_frame_is_not_hidden() -> None:
    async with talking(lambda _: 1 // 0, in_frames=True) as talk:  # type: ignore[arg-type]
        await asyncio.sleep(0)
        talk.network.handle_frame(wire.echo_message(1, 2, 3))
        with pytest.raises(ZeroDivisionError):
            await talk.is_over()
