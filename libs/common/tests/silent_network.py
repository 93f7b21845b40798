"""A way to the database that can swallow everything, as a cut cable does: nobody is told, nothing comes back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from pydantic import SecretStr

from transcendence_common.settings import PostgresUrl

CHUNK_BYTES = 65_536


class SilentNetwork:
    """Connections opened before `swallow` are dead and do not know it; later ones work."""

    def __init__(self, url: PostgresUrl) -> None:
        self._direct = urlsplit(url.get_secret_value())
        self._port = 0
        self._keeps_open = False
        self._pumps: list[asyncio.Task[None]] = []
        self._ends: list[asyncio.StreamWriter] = []

    @property
    def url(self) -> PostgresUrl:
        place = self._direct.netloc.rpartition(":")[0]
        return SecretStr(self._direct._replace(netloc=f"{place}:{self._port}").geturl())

    def swallow(self) -> None:
        """Carry nothing any more between those who are connected now."""
        for pump in self._pumps:
            pump.cancel()

    def keep_open(self) -> None:
        """Let nobody see that the other side has hung up."""
        self._keeps_open = True

    @asynccontextmanager
    async def laid(self) -> AsyncGenerator[None, None]:
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            self.swallow()
            server.close()
            for end in self._ends:
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._direct.hostname, self._direct.port
        far_reader, far_writer = await asyncio.open_connection(host, port)
        self._ends += [writer, far_writer]
        for source, drain in ((reader, far_writer), (far_reader, writer)):
            self._pumps.append(asyncio.create_task(self._carry(source, drain)))

    async def _carry(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                drain.write(chunk)
                await drain.drain()
            if not self._keeps_open:
                drain.close()
