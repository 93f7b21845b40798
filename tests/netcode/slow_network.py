"""A slow network between clients and the service, within the limits of TCP.

Bytes arrive complete and in order, but late, at uneven intervals and in
bursts; or the connection breaks.
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
    """A proxy to the address that `upstream` returns for each new connection."""

    upstream: Callable[[], tuple[str, int]]
    round_trip_ms: float = 0
    jitter_ms: float = 0
    seed: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _whole: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[str, None]:
        """Run the proxy and yield its address."""
        self.mend()
        self._random = random.Random(self.seed)  # noqa: S311 - the same network in each run
        server = await asyncio.start_server(self._connect, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"ws://{HOST}:{port}"
        finally:
            server.close()
            self.break_off()

    def break_off(self) -> None:
        """Close all connections at once."""
        for writer in self._open:
            writer.transport.abort()

    def cut(self) -> None:
        """Stop forwarding without closing anything."""
        self._whole.clear()

    def mend(self) -> None:
        """Continue forwarding, including bytes that were held back."""
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
        """Forward chunks with delays but in order: a delayed chunk holds up those behind it."""
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
