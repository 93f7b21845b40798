"""Several processes log into one folder, each to its own file, even after
crashes and on a full disk."""

import json
import logging
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from litestar import Litestar

from libs.common.tests.log_of_sample import LogFile
from tests.fixtures.clients import Serve
from transcendence_common import log_files
from transcendence_common.log_files import FILES_KEPT, LogFolderUnusable, ReplicaLogFile
from transcendence_common.logging import logging_config
from transcendence_common.settings import Settings

WRITER = """
import logging, os, sys
from pathlib import Path
from litestar import Litestar
from transcendence_common.logging import logging_config
from transcendence_common.settings import Settings
os.umask(0o077)
Litestar(logging_config=logging_config("sample", Settings(environment="test", log_dir=Path())))
for line in sys.stdin:
    logging.getLogger("sample").warning(line.strip())
"""
FULL = """
import asyncio, json, resource, sys
from pathlib import Path
import httpx
from litestar import get
from tests.fixtures.cast import SigningKey
from tests.fixtures.clients import client_of
from transcendence_common.app import create_app
from transcendence_common.settings import Settings

@get("/")
async def answer() -> str:
    return "here"

async def main() -> None:
    settings = Settings(environment="test", log_dir=Path())
    async with client_of(create_app("sample", settings, features=[answer], keys=SigningKey())) as client:
        statuses = [(await client.get("/")).status_code]
        written = Path("sample.json").stat().st_size
        # The kernel writes what fits, and refuses the rest: as on a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (written + 100, resource.RLIM_INFINITY))
        for _ in range(3):
            statuses.append((await client.get("/")).status_code)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        statuses.append((await client.get("/")).status_code)
    assert statuses == [200] * 5, statuses

asyncio.run(main())
"""
FULL_FROM_THE_START = """
import logging, resource
from pathlib import Path
from litestar import Litestar
from transcendence_common.logging import logging_config
from transcendence_common.settings import Settings
resource.setrlimit(resource.RLIMIT_FSIZE, (3, resource.RLIM_INFINITY))
Litestar(logging_config=logging_config("sample", Settings(environment="test", log_dir=Path())))
logging.warning("first")
logging.warning("second")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
logging.warning("third")
"""


class Writer:
    """A replica: a separate process that logs what it is told."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WRITER],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def say(self, text: str) -> None:
        """Log a text, and return once it is on standard output; it is in the file
        before that or right after."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{text}\n{text}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()
        # Once the second line has begun, the first one has been written everywhere.
        self._process.stdout.readline()

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


@contextmanager
def writers(folder: Path, how_many: int) -> Iterator[list[Writer]]:
    """Start writers one after another, so that it is known which of them has which name."""
    started: list[Writer] = []
    try:
        for number in range(how_many):
            started.append(Writer(folder))
            started[-1].say(f"writer {number}")
        yield started
    finally:
        for each in started:
            each.kill()


def said(file: Path) -> list[str]:
    return [line["message"] for line in LogFile(file.parent, file.name).lines()]


def test_each_replica_has_its_own_file_and_a_dead_ones_file_is_reused(tmp_path: Path) -> None:
    with writers(tmp_path, 3) as replicas:
        names = ["sample.json", "sample-2.json", "sample-3.json"]
        assert sorted(file.name for file in tmp_path.glob("*.json")) == sorted(names)
        for number, name in enumerate(names):
            assert set(said(tmp_path / name)) == {f"writer {number}"}

        replicas[1].kill()
        with writers(tmp_path, 1):
            assert set(said(tmp_path / "sample-2.json")) == {"writer 1", "writer 0"}
        assert len(list(tmp_path.glob("*.json"))) == 3


def test_files_are_readable_by_others_whatever_the_umask_is(tmp_path: Path) -> None:
    """Logstash runs as another user."""
    with writers(tmp_path, 1):
        file = tmp_path / "sample.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[ReplicaLogFile]:
    handler = ReplicaLogFile(tmp_path, "sample")
    yield handler
    handler.close()


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("sample", logging.INFO, "", 0, text, None, None)


def test_a_full_file_is_rotated_and_the_oldest_is_deleted(
    handler: ReplicaLogFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert handler.maxBytes == 32 * 1024 * 1024
    assert log_files.FILES_KEPT == 7
    monkeypatch.setattr(handler, "maxBytes", 10)
    old_mask = os.umask(0o077)
    try:
        for number in range(10):
            handler.emit(record(f"line number {number}"))
    finally:
        os.umask(old_mask)
    kept = [tmp_path / "sample.json"]
    kept += [tmp_path / f"sample.json.{number}" for number in range(1, FILES_KEPT + 1)]
    assert {file.name for file in tmp_path.glob("*.json*")} == {file.name for file in kept}
    assert [file.read_text() for file in kept] == [
        f"line number {number}\n" for number in range(9, 1, -1)
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o644}


def test_an_incomplete_line_does_not_damage_the_next(
    handler: ReplicaLogFile, tmp_path: Path
) -> None:
    handler.close()
    (tmp_path / "sample.json").write_text('{"message": "the power w')
    again = ReplicaLogFile(tmp_path, "sample")
    again.emit(record("whole"))
    again.close()
    assert (tmp_path / "sample.json").read_text() == '{"message": "the power w\nwhole\n'


def test_a_closed_handler_writes_no_more_since_another_process_may_own_its_file(
    handler: ReplicaLogFile, tmp_path: Path
) -> None:
    handler.close()
    handler.close()
    other = ReplicaLogFile(tmp_path, "sample")
    handler.emit(record("too late"))
    other.emit(record("mine"))
    other.close()
    assert (tmp_path / "sample.json").read_text() == "mine\n"


def test_setting_up_again_reuses_the_file_and_leaks_nothing(tmp_path: Path) -> None:
    settings = Settings(environment="test", log_dir=tmp_path)

    def set_up() -> tuple[int, int]:
        Litestar(logging_config=logging_config("sample", settings))
        return len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208 - the kernel's

    first = set_up()
    for _ in range(20):
        assert set_up() == first
    logging.getLogger("sample").warning("still here")
    assert said(tmp_path / "sample.json") == ["still here"]
    assert {file.name for file in tmp_path.iterdir()} == {"sample.json", "sample.lock"}


def test_requests_succeed_on_a_full_disk_and_later_lines_are_complete(
    tmp_path: Path,
) -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FULL],
        check=False, capture_output=True, text=True,
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == f"{tmp_path}/sample.json misses lines: File too large"
    assert len(done.stdout.splitlines()) == 5
    first, cut, last = (tmp_path / "sample.json").read_text().splitlines()
    assert done.stdout.splitlines()[0] == first
    assert len(cut) == 100
    assert done.stdout.splitlines()[-1] == last


def test_a_service_starts_on_a_full_disk_and_logs_once_there_is_space(tmp_path: Path) -> None:
    (tmp_path / "sample.json").write_text("cut")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FULL_FROM_THE_START],
        check=False, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("misses lines") == 1
    cut, line = (tmp_path / "sample.json").read_text().splitlines()
    assert cut == "cut"
    assert json.loads(line)["message"] == "third"


async def test_a_deleted_folder_fails_no_request(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    async with serve(settings=Settings(environment="test", log_dir=folder)) as client:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        [handler] = [
            each for each in logging.getLogger().handlers if isinstance(each, ReplicaLogFile)
        ]
        handler.maxBytes = 1
        statuses = {(await client.get("/notes/7")).status_code for _ in range(3)}
    assert statuses == {200}
    assert capsys.readouterr().err.count("misses lines") == 1


Made = Callable[[Path], Path]


def not_there(folder: Path) -> Path:
    return folder / "nowhere"


def no_folder(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file"


def read_only(folder: Path) -> Path:  # noqa: ARG001 - the others make theirs
    """A folder in which not even root can write."""
    return Path("/proc")


@pytest.mark.parametrize("made", [not_there, no_folder, read_only])
def test_an_unwritable_folder_is_named_at_the_start(tmp_path: Path, made: Made) -> None:
    folder = made(tmp_path)
    with pytest.raises(LogFolderUnusable, match=f"LOG_DIR {folder} cannot be written to: .+"):
        logging_config("sample", Settings(environment="test", log_dir=folder))


def test_a_file_that_cannot_be_written_leaves_its_name_free(tmp_path: Path) -> None:
    (tmp_path / "sample.json").mkdir()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the kernel's
    with pytest.raises(LogFolderUnusable, match="Is a directory"):
        ReplicaLogFile(tmp_path, "sample")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - the kernel's
