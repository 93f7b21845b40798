"""Many spectators in one process, which answer each beat and record what they receive."""

import asyncio
from dataclasses import dataclass, field
from time import time
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from demo.wire import Beat, End, Snapshot, beat_answer, split_frame
from tests.gateway.nginx import Gateway


@dataclass
class Watcher:
    """One spectator."""

    ticks: list[tuple[float, int]] = field(default_factory=list)
    """When each state was received, and its tick."""
    confirmed: list[tuple[int, int]] = field(default_factory=list)
    end: tuple[int, int] | None = None
    """Tick and digest of each confirmed state."""
    close_code: int | None = None
    has_heard: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, frame: bytes) -> list[bytes]:
        """Process a frame and return the answer to it."""
        answers = []
        for message in split_frame(frame):
            if isinstance(message, Beat):
                self.ticks.append((time(), message.tick))
                self.confirmed.append((message.tick, message.digest))
                self.has_heard.set()
                answers.append(beat_answer(message))
            elif isinstance(message, Snapshot):
                self.ticks.append((time(), message.tick))
            elif isinstance(message, End):
                self.end = message.tick, message.digest
        return answers


async def watch(gateway: Gateway, match_id: UUID, watcher: Watcher) -> Watcher:
    """Watch until the connection ends, without reconnecting."""
    async with connect(_url(gateway, match_id), ssl=gateway.trust, compression=None) as socket:
        try:
            await _follow(socket, watcher)
        except ConnectionClosed as closed:
            watcher.close_code = closed.rcvd.code if closed.rcvd else None
    return watcher


async def _follow(socket: ClientConnection, watcher: Watcher) -> None:
    while True:
        frame = await socket.recv()
        assert isinstance(frame, bytes)
        for echo in watcher.hear(frame):
            await socket.send(echo)


def _url(gateway: Gateway, match_id: UUID) -> str:
    return f"wss://localhost:{gateway.https_port}/api/tournament/matches/{match_id}/watch"


async def watch_all(gateway: Gateway, match_id: UUID, count: int) -> list[Watcher]:
    """Watch with this many spectators, each until its connection ends."""
    return list(await asyncio.gather(*(watch(gateway, match_id, Watcher()) for _ in range(count))))
