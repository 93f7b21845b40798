"""Many cheap clients of live matches in one process: they answer beats, press keys and count bytes.

    python -m tests.bench.crowd < [{"host": …, "port": …, "path": …, "token": …, "presses": 4.0}, …]

Prints its counts once all clients are connected, and again for each line on standard
input, until the input ends.
"""

import asyncio
import json
import random
import sys
from base64 import b64encode
from dataclasses import dataclass
from os import urandom
from struct import Struct
from time import monotonic
from typing import TypedDict, cast

import uvloop

AT_ONCE = 20
BEAT, END = 21, 22
SIZES = {16: 10, 17: 65, 18: 13, 19: 7, 20: 10, BEAT: 27, END: 30}
"""Bytes of each message from the server, by type; docs/live-matches.md lists the messages."""
LONG_LENGTH = 126
"""This value in place of a length says that the length follows in two bytes."""
_BEAT = Struct("!xHIIi")
_PRESS = Struct("!BIb")
_BINARY, _PING, _PONG = 0x82, 0x89, 0x8A
_MASKED = 0x80
_NO_MASK = bytes(4)
"""Masking with zeros changes nothing, so a bench client need not compute anything."""


class Settings(TypedDict):
    """Settings of one client."""

    host: str
    port: int
    path: str
    token: str
    presses: float


@dataclass
class Count:
    connected: int = 0
    playing: int = 0
    received_bytes: int = 0
    received_frames: int = 0
    sent_frames: int = 0
    lost: int = 0


class Client(asyncio.Protocol):
    """A client with one WebSocket."""

    def __init__(self, settings: Settings, count: Count, done: "asyncio.Future[None]") -> None:
        self._settings = settings
        self._count = count
        self._done = done
        self._is_open = False
        self._buffer = b""
        self._clock = 0.0
        self._clock_at = 0.0
        self._keys = 0
        self._stamp = -1
        self._presses = settings["presses"]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport = cast("asyncio.Transport", transport)
        authorization = (
            f"Authorization: Bearer {self._settings['token']}\r\n"
            if self._settings["token"]
            else ""
        )
        transport.write(
            f"GET {self._settings['path']} HTTP/1.1\r\n"
            f"Host: {self._settings['host']}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {b64encode(urandom(16)).decode()}\r\n{authorization}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._count.received_bytes += len(data)
        self._buffer += data
        if not self._is_open:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._done.set_exception(ConnectionError(head.decode()))
                return
            self._is_open = True
            self._count.connected += 1
            self._buffer = rest
            self._done.set_result(None)
        self._read_frames()

    def connection_lost(self, _: Exception | None) -> None:
        if self._is_open:
            self._count.lost += 1
        elif not self._done.done():
            self._done.set_exception(ConnectionError("closed"))

    def _read_frames(self) -> None:
        buffer = self._buffer
        while len(buffer) >= 2:
            length = buffer[1]
            start = 2
            if length == LONG_LENGTH:
                length, start = int.from_bytes(buffer[2:4]), 4
            if len(buffer) < start + length:
                break
            if buffer[0] == _BINARY:
                self._count.received_frames += 1
                self._hear(buffer[start : start + length])
            elif buffer[0] == _PING:
                self._send(buffer[start : start + length], kind=_PONG)
            buffer = buffer[start + length :]
        self._buffer = buffer

    def _hear(self, frame: bytes) -> None:
        at = 0
        while at < len(frame):
            kind = frame[at]
            if kind == BEAT:
                _, tick, _, clock = _BEAT.unpack_from(frame, at)
                self._send(b"\x02" + frame[at + 1 : at + 11])
                self._clock, self._clock_at = clock / 256, monotonic()
                if tick and not self._keys_begun():
                    self._press()
            at += SIZES[kind]

    def _keys_begun(self) -> bool:
        return self._stamp >= 0 or self._presses == 0

    def _press(self) -> None:
        """Change the held key and schedule the next change after an
        uneven pause, as a player would."""
        tick = int(self._clock + (monotonic() - self._clock_at) * 60)
        if self._stamp < 0:
            self._count.playing += 1
        if tick > self._stamp:
            self._stamp = tick
            self._keys = random.choice([key for key in (-1, 0, 1) if key != self._keys])  # noqa: S311
            self._send(_PRESS.pack(1, tick, self._keys))
        pause = random.uniform(0.5, 1.5) / self._presses  # noqa: S311
        asyncio.get_running_loop().call_later(pause, self._press_if_open)

    def _press_if_open(self) -> None:
        if not self._transport.is_closing():
            self._press()

    def _send(self, payload: bytes, kind: int = _BINARY) -> None:
        self._count.sent_frames += 1
        self._transport.write(bytes((kind, _MASKED | len(payload))) + _NO_MASK + payload)


async def main() -> None:
    loop = asyncio.get_running_loop()
    clients: list[Settings] = json.loads(sys.stdin.readline())
    count, room = Count(), asyncio.Semaphore(AT_ONCE)

    async def connect(settings: Settings) -> None:
        async with room:
            done: asyncio.Future[None] = loop.create_future()
            await loop.create_connection(
                lambda: Client(settings, count, done), settings["host"], settings["port"]
            )
            await done

    await asyncio.gather(*(connect(settings) for settings in clients))
    while True:
        sys.stdout.write(json.dumps(vars(count)) + "\n")
        sys.stdout.flush()
        if not await asyncio.to_thread(sys.stdin.readline):
            return


if __name__ == "__main__":
    uvloop.run(main())
