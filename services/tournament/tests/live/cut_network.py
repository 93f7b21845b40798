"""A way to the database that can be cut and mended."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

CHUNK_BYTES = 65_536


class CutNetwork:
    """Carries bytes; while it is cut, nobody is connected and nobody connects. Where it swallows, nobody knows."""

    def __init__(self, url: str) -> None:
        self._direct = urlsplit(url)
        self._port = 0
        self._is_cut = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        place = self._direct.netloc.rpartition(":")[0]
        return self._direct._replace(netloc=f"{place}:{self._port}").geturl()

    def cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()

    def swallow(self) -> None:
        """Carry nothing any more between those who are connected now: nobody is told, nothing comes back."""
        for carrying in self._carrying:
            carrying.cancel()

    def mend(self) -> None:
        self._is_cut = False

    @asynccontextmanager
    async def laid(self) -> AsyncGenerator[None, None]:
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            self.swallow()
            self.cut()
            server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(
            self._direct.hostname, self._direct.port
        )
        self._ends |= {writer, far_writer}
        for source, drain in ((reader, far_writer), (far_reader, writer)):
            self._carrying.add(asyncio.create_task(_carry(source, drain)))


async def _carry(source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(CHUNK_BYTES):
            drain.write(chunk)
            await drain.drain()
    drain.close()
