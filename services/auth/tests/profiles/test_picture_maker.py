"""Pictures made by a real process: its limits, and how it ends."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from time import monotonic

import psutil
import pytest

from auth.profiles.errors import ImageTooBig, NotAnImage, PicturesBusy
from auth.profiles.picture_maker import WORKER_MODULE, Avatar, PictureLimits, PictureMaker
from auth.profiles.picture_terms import SIZES, WorkerExitCode
from services.auth.tests.picture_files import (
    PAYLOADS,
    jpeg_of_many_scans,
    noise,
    not_pictures,
    opened,
    png,
    saved,
    too_big,
    with_payload_inside,
)
from tests.fixtures.patience import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def slow_picture() -> bytes:
    return jpeg_of_many_scans()


@pytest.fixture
async def no_worker_left() -> AsyncGenerator[None, None]:
    yield
    assert _workers() == []


pytestmark = pytest.mark.usefixtures("no_worker_left")


async def test_a_picture_is_made_in_all_sizes() -> None:
    avatar = await made(patient(), png(600, 600))
    assert [opened(avatar.pictures[size]).width for size in SIZES] == list(SIZES)
    assert len(avatar.hash) == 64


async def test_equal_pictures_have_equal_hashes() -> None:
    maker = patient()
    first, again, other = [await made(maker, png(shift=shift)) for shift in (0, 0, 40)]
    assert first == again
    assert first.hash != other.hash


async def test_the_hash_is_of_the_result_and_not_of_the_upload() -> None:
    maker = patient()
    avatars = [await made(maker, with_payload_inside("PNG", payload)) for payload in PAYLOADS[:2]]
    assert avatars[0] == avatars[1]


async def test_an_invalid_and_a_too_big_picture_are_distinguished() -> None:
    maker = patient()
    for file in (b"", not_pictures()["half a jpeg"], not_pictures()["a png of endless text"]):
        with pytest.raises(NotAnImage):
            await made(maker, file)
    for file in (too_big()["a webp of more than webp can"], too_big()["a wide jpeg"]):
        with pytest.raises(ImageTooBig):
            await made(maker, file)


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
async def test_the_most_expensive_allowed_pictures_fit(picture_format: str) -> None:
    mode, options = {
        "JPEG": ("CMYK", {"progressive": True, "subsampling": 0}),
        "PNG": ("RGBA", {"compress_level": 1}),
        "WEBP": ("RGBA", {"method": 0}),
    }[picture_format]
    largest = noise(1, 128, 128, mode).resize((4096, 4096), 0)
    avatar = await made(patient(), saved(largest, picture_format, **options))
    assert opened(avatar.pictures[512]).width == 512


async def test_too_little_memory_counts_as_too_big_and_affects_no_other_picture() -> None:
    tight = PictureMaker(PictureLimits(memory_bytes=96 * 1024 * 1024))
    with pytest.raises(ImageTooBig):
        await made(tight, saved(noise(1, 64, 64, "RGBA").resize((4096, 4096), 0)))
    assert (await made(tight, png())).hash


async def test_a_picture_that_takes_too_much_cpu_is_refused(slow_picture: bytes) -> None:
    maker = PictureMaker(PictureLimits(cpu_seconds=1, seconds=PATIENCE_SECONDS))
    with pytest.raises(NotAnImage):
        await made(maker, slow_picture)
    assert (await made(maker, png())).hash


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_a_killed_worker_is_our_fault_and_is_replaced(
    slow_picture: bytes, end: signal.Signals
) -> None:
    maker = PictureMaker(PictureLimits(cpu_seconds=PATIENCE_SECONDS, seconds=PATIENCE_SECONDS))
    making = asyncio.create_task(made(maker, slow_picture))
    (await _worker()).send_signal(end)
    with pytest.raises(PicturesBusy):
        await making
    assert (await made(maker, png())).hash


async def test_a_picture_that_crashes_the_worker_is_refused(slow_picture: bytes) -> None:
    maker = PictureMaker(PictureLimits(cpu_seconds=PATIENCE_SECONDS, seconds=PATIENCE_SECONDS))
    making = asyncio.create_task(made(maker, slow_picture))
    (await _worker()).send_signal(signal.SIGSEGV)
    with pytest.raises(NotAnImage):
        await making


async def test_a_hanging_worker_is_replaced() -> None:
    """The worker is suspended, so that its own alarm cannot end it, either."""
    maker = PictureMaker(PictureLimits(seconds=1))
    read, let_in = _held_back(png())
    making = asyncio.create_task(maker.make_avatar(read))
    let_in.set()
    (await _worker()).suspend()
    with pytest.raises(PicturesBusy):
        await making
    assert (await made(patient(), png())).hash


async def test_a_file_that_does_not_arrive_loses_its_place() -> None:
    maker = PictureMaker(PictureLimits(seconds=1), waiting=0)
    read, _ = _held_back(png())
    with pytest.raises(PicturesBusy):
        await maker.make_avatar(read)
    assert maker._room == 1


async def test_cancelling_an_upload_stops_its_worker(slow_picture: bytes) -> None:
    maker = PictureMaker(
        PictureLimits(cpu_seconds=PATIENCE_SECONDS, seconds=PATIENCE_SECONDS), waiting=0
    )
    making = asyncio.create_task(made(maker, slow_picture))
    worker = await _worker()
    making.cancel()
    await asyncio.wait({making})
    assert making.cancelled()
    assert not worker.is_running()
    assert (await made(maker, png())).hash


async def test_a_full_queue_refuses_uploads_before_they_are_read() -> None:
    maker = PictureMaker(waiting=1)
    held = [_held_back(png(shift=shift)) for shift in range(2)]
    making = [asyncio.create_task(maker.make_avatar(read)) for read, _ in held]
    await asyncio.sleep(0)
    with pytest.raises(PicturesBusy):
        await maker.make_avatar(_never_read)
    for _, let_in in held:
        let_in.set()
    assert len({avatar.hash for avatar in await asyncio.gather(*making)}) == 2
    assert (await made(maker, png())).hash


async def test_one_picture_is_made_at_a_time() -> None:
    maker = PictureMaker(waiting=3)
    making = [asyncio.create_task(made(maker, png(shift=shift))) for shift in range(4)]
    most = 0
    while not all(task.done() for task in making):
        most = max(most, len(_workers()))
        await asyncio.sleep(0.005)
    assert most == 1
    assert len({task.result().hash for task in making}) == 4


async def test_the_event_loop_is_not_blocked_meanwhile(slow_picture: bytes) -> None:
    """The loop must turn more than 100 times while a picture is processed for a second."""
    maker = PictureMaker(PictureLimits(cpu_seconds=1, seconds=PATIENCE_SECONDS))
    making = asyncio.create_task(made(maker, slow_picture))
    turns = 0
    while not making.done():
        await asyncio.sleep(0.002)
        turns += 1
    with suppress(NotAnImage):
        await making
    assert turns > 100


async def test_the_worker_has_an_empty_environment_and_limits(slow_picture: bytes) -> None:
    maker = PictureMaker(PictureLimits(cpu_seconds=PATIENCE_SECONDS, seconds=PATIENCE_SECONDS))
    making = asyncio.create_task(made(maker, slow_picture))
    worker = await _worker()
    environment, limits = worker.environ(), await _settled_limits(worker)
    making.cancel()
    await asyncio.wait({making})
    assert environment == {}
    assert limits == {"RLIMIT_NOFILE": 0, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NPROC": 0}


def test_a_worker_without_input_ends_by_itself() -> None:
    """As after a crash of the service; its end of the pipe stays open here."""
    with _worker_alone(seconds=1) as worker:
        assert worker.wait(PATIENCE_SECONDS) == -signal.SIGALRM


def test_a_worker_whose_pipe_is_closed_refuses_the_picture() -> None:
    with _worker_alone(seconds=PATIENCE_SECONDS) as worker:
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(PATIENCE_SECONDS) == WorkerExitCode.NOT_AN_IMAGE


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        ("bytearray(1 << 30)", "MemoryError"),
        ("open('/etc/hostname')", "Too many open files"),
        ("__import__('socket').socket()", "Too many open files"),
        ("__import__('os').pipe()", "Too many open files"),
    ],
)
def test_the_kernel_enforces_the_limits(action: str, refusal: str) -> None:
    """They hold for any code in the process, not only for ours."""
    program = f"""
import socket
from auth.profiles.picture_worker import limit_resources, forbid_new_files
limit_resources(256 << 20, 5, 5)
forbid_new_files()
try:
    {action}
except BaseException as error:
    print(repr(error))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert refusal in done.stdout


def test_the_service_itself_does_not_load_the_image_library() -> None:
    program = "import sys, auth.app; print([name for name in sys.modules if 'PIL' in name])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def patient() -> PictureMaker:
    """Return a maker with the tests' timeout; memory and CPU time are limited as usual."""
    return PictureMaker(PictureLimits(seconds=PATIENCE_SECONDS))


async def made(maker: PictureMaker, file: bytes) -> Avatar:
    async def read() -> bytes:
        return file

    return await maker.make_avatar(read)


def _held_back(file: bytes) -> tuple[Callable[[], Coroutine[None, None, bytes]], asyncio.Event]:
    let_in = asyncio.Event()

    async def read() -> bytes:
        await let_in.wait()
        return file

    return read, let_in


async def _never_read() -> bytes:
    pytest.fail("read although there was no room")


def _workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return WORKER_MODULE in process.cmdline()
    return False


async def _worker() -> psutil.Process:
    """Return the worker process as soon as it exists."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not (found := _workers()):
        assert monotonic() < deadline
        await asyncio.sleep(0.005)
    return found[0]


async def _settled_limits(worker: psutil.Process) -> dict[str, int]:
    """Return the limits of a worker once the last of them is set."""
    names = ["RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NPROC"]
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        limits = {name: worker.rlimit(getattr(psutil, name))[1] for name in names}
        if limits["RLIMIT_NOFILE"] == 0 or monotonic() > deadline:
            return limits
        await asyncio.sleep(0.005)


def _worker_alone(*, seconds: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-m", WORKER_MODULE, str(384 << 20), "5", str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={},
    )
