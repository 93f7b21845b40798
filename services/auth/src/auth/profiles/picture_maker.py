"""Has pictures converted, one at a time, each by a process of its own.

A pool is not used: starting a process takes a fifth of a second, which is not noticed when changing a picture. In
return memory is released, no data of one picture is left for the next, a crashed worker needs no repair, and no worker
idles.
"""

import asyncio
import hashlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec
import structlog

from auth.profiles.errors import ImageTooBig, NotAnImage, PicturesBusy
from auth.profiles.picture_terms import (
    FILE_SIGNATURES,
    MAX_SIDE,
    SIZES,
    WorkerExitCode,
    pack_pictures,
    unpack_pictures,
)

WORKER_MODULE = "auth.profiles.picture_worker"
PICTURES_WAITING = 4
"""Pictures that may wait in addition to the one being converted: one or two seconds of work, and 25 MiB of files."""
MAX_WRITTEN_BYTES = 4 * 1024 * 1024
"""Bytes of a worker's output at most, more than three pictures of noise; a worker that writes more is compromised."""

SIGNALS_CAUSED_BY_PICTURE = frozenset(
    {signal.SIGXCPU, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT}
)
"""Signals that end a decoder because of the picture. Any other signal has a cause on our side."""

logger = structlog.get_logger("auth.profiles")


class PictureLimits(msgspec.Struct, frozen=True):
    """Resource limits for converting one picture."""

    memory_bytes: int = 384 * 1024 * 1024
    """Bytes of address space. The most expensive allowed picture, a WebP of 4096 × 4096 with transparency, needs 330
    MiB."""
    cpu_seconds: int = 5
    """Processor time: four times what that picture takes."""
    seconds: int = 10
    """Seconds including the wait; less than the gateway's timeout and a stopping service's wait for running
    requests."""


class Avatar(msgspec.Struct, frozen=True):
    """An avatar in all of SIZES; two are the same if their hashes are."""

    hash: str
    pictures: dict[int, bytes]


class PictureMaker:
    """Converts uploaded files into avatars."""

    def __init__(
        self, limits: PictureLimits | None = None, *, waiting: int = PICTURES_WAITING
    ) -> None:
        self._limits = limits or PictureLimits()
        self._room = 1 + waiting
        self._turn = asyncio.Lock()

    async def make_avatar(self, read: Callable[[], Awaitable[bytes]]) -> Avatar:
        """Return the avatar. The file is read only once there is room in the queue.

        Raises:
            NotAnImage: the file cannot be decoded.
            ImageTooBig: the picture has too many pixels.
            PicturesBusy: the queue is full, or the conversion took too long.
        """
        with self._queue_place():
            try:
                async with asyncio.timeout(self._limits.seconds):
                    file = await read()
                    if not FILE_SIGNATURES.match(file):
                        raise NotAnImage
                    async with self._turn:
                        exit_code, written = await self._run_worker(file)
            except TimeoutError:
                _log_failed("too_slow")
                raise PicturesBusy from None
        return _avatar_from_output(exit_code, written)

    @contextmanager
    def _queue_place(self) -> Iterator[None]:
        if self._room == 0:
            raise PicturesBusy
        self._room -= 1
        try:
            yield
        finally:
            self._room += 1

    async def _run_worker(self, file: bytes) -> tuple[int, bytes]:
        limits = map(str, msgspec.structs.astuple(self._limits))
        process = await asyncio.create_subprocess_exec(
            # Isolated and without an environment: neither variables nor the working folder have an effect.
            *(sys.executable, "-I", "-B", "-m", WORKER_MODULE, *limits),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={},
        )
        try:
            _, written = await asyncio.gather(_feed_worker(process, file), _read_output(process))
            return await process.wait(), written
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


async def _feed_worker(process: Process, file: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    # A worker that has seen enough exits before the end of the file.
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(file)
        await process.stdin.drain()
    process.stdin.close()


async def _read_output(process: Process) -> bytes:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        await process.stdout.readexactly(MAX_WRITTEN_BYTES)
    except asyncio.IncompleteReadError as all_of_it:
        return all_of_it.partial
    process.kill()
    return b""


def _avatar_from_output(exit_code: int, written: bytes) -> Avatar:
    match exit_code:
        case WorkerExitCode.MADE:
            pictures = _unpack_output(written)
            return Avatar(
                hashlib.sha256(pack_pictures(pictures)).hexdigest(),
                dict(zip(SIZES, pictures, strict=True)),
            )
        case WorkerExitCode.NOT_AN_IMAGE:
            raise NotAnImage
        case WorkerExitCode.TOO_BIG:
            raise ImageTooBig(MAX_SIDE)
    _log_failed("worker_failed", exit_code)
    raise NotAnImage if -exit_code in SIGNALS_CAUSED_BY_PICTURE else PicturesBusy


def _unpack_output(written: bytes) -> list[bytes]:
    try:
        return unpack_pictures(written)
    except ValueError:
        _log_failed("not_understood")
        raise PicturesBusy from None


def _log_failed(reason: str, exit_code: int | None = None) -> None:
    logger.warning(
        "picture not made",
        **{
            "event.action": "picture-make",
            "event.category": ["process"],
            "event.type": ["end"],
            "event.outcome": "failure",
            "event.reason": reason,
            **({} if exit_code is None else {"process.exit_code": exit_code}),
        },
    )
