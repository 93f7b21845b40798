"""A way between clients and the service that takes its time: what TCP lets a bad network do, and no more.

Bytes arrive in order and whole, late, at uneven intervals, in clumps; or the connection breaks.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.fixtures.ports import HOST

CHUNK_BYTES = 4096


@dataclass
class SlowNetwork:
    """Leads to whichever address `upstream` returns when somebody connects."""

    upstream: Callable[[], tuple[str, int]]
    round_trip_ms: float = 0
    jitter_ms: float = 0
    seed: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _whole: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[str, None]:
        """Yield the address of its near end."""
        self.mend()
        self._random = random.Random(self.seed)  # noqa: S311 - the same network at each run
        server = await asyncio.start_server(self._connect, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"ws://{HOST}:{port}"
        finally:
            server.close()
            self.break_off()

    def break_off(self) -> None:
        """End all connections at once, without a goodbye."""
        for writer in self._open:
            writer.transport.abort()

    def cut(self) -> None:
        """Let nothing arrive any more, and tell nobody."""
        self._whole.clear()

    def mend(self) -> None:
        """Let everything arrive again, also what is on its way."""
        self._whole.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.upstream())
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._open |= ends
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._carry(reader, far_writer))
                ways.create_task(self._carry(far_reader, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What is sent later never arrives earlier: a chunk that is held up holds up those behind it."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(self._deliver(on_the_way, writer))
        loop = asyncio.get_running_loop()
        with suppress(ConnectionError):
            while chunk := await reader.read(CHUNK_BYTES):
                way_ms = self.round_trip_ms / 2 + self._random.uniform(0, self.jitter_ms)
                on_the_way.put_nowait((loop.time() + way_ms / 1000, chunk))
        on_the_way.put_nowait((loop.time() + self.round_trip_ms / 2000, b""))
        await delivering

    async def _deliver(
        self, on_the_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while True:
                due, chunk = await on_the_way.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                await self._whole.wait()
                if not chunk:
                    writer.write_eof()
                    return
                writer.write(chunk)
                await writer.drain()
