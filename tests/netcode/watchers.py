"""People who watch, many of them in one process: they answer each beat and remember what they were told."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct
from time import time
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.gateway.nginx import Gateway

WELCOME, SNAPSHOT, PHASE, KEYS, LATE, BEAT, END = range(16, 23)
BODIES = {
    WELCOME: Struct("!BBHBI"),
    SNAPSHOT: Struct("!I6i2BI3BIB3Ibb"),
    PHASE: Struct("!BIB4BH"),
    KEYS: Struct("!IBb"),
    LATE: Struct("!IIb"),
    BEAT: Struct("!HIIiHH"),
    END: Struct("!4BII4HB"),
}
ECHO, ECHO_BODY = 2, Struct("!BHII")


@dataclass
class Watcher:
    """One of them."""

    ticks: list[tuple[float, int]] = field(default_factory=list)
    """When a state was told of, and its tick."""
    confirmed: list[tuple[int, int]] = field(default_factory=list)
    phases: list[int] = field(default_factory=list)
    end: tuple[int, int] | None = None
    """Tick and digest."""
    close_code: int | None = None

    def hear(self, frame: bytes) -> list[bytes]:
        """Take a frame and return what is to be answered."""
        answers = []
        for kind, fields in _messages(frame):
            if kind == BEAT:
                number, tick, word, *_ = fields
                self.ticks.append((time(), tick))
                self.confirmed.append((tick, word))
                answers.append(ECHO_BODY.pack(ECHO, number, tick, word))
            elif kind == SNAPSHOT:
                self.ticks.append((time(), fields[0]))
            elif kind == PHASE:
                self.phases.append(fields[0])
            elif kind == END:
                self.end = fields[4], fields[5]
        return answers


async def watch(gateway: Gateway, match_id: UUID, watcher: Watcher) -> Watcher:
    """Watch until the connection ends, and do not come back."""
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
        for answer in watcher.hear(frame):
            await socket.send(answer)


def _messages(frame: bytes) -> Iterator[tuple[int, tuple[int, ...]]]:
    at = 0
    while at < len(frame):
        kind = frame[at]
        yield kind, BODIES[kind].unpack_from(frame, at + 1)
        at += 1 + BODIES[kind].size


def _url(gateway: Gateway, match_id: UUID) -> str:
    return f"wss://localhost:{gateway.https_port}/api/tournament/matches/{match_id}/watch"


async def watch_all(gateway: Gateway, match_id: UUID, count: int) -> list[Watcher]:
    """Watch with so many, each until its connection ends."""
    return list(await asyncio.gather(*(watch(gateway, match_id, Watcher()) for _ in range(count))))
