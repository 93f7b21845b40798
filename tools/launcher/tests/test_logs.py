"""The line that explains why a part ended, and the rotation of logs."""

import json
from pathlib import Path

import pytest

from launcher.logs import NO_LINE, last_line, rotate_log


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", NO_LINE),
        ("one\ntwo\n\n", "two"),
        (
            "FATAL:  could not open it\nLOG:  database system is shut down\n",
            "FATAL:  could not open it",
        ),
        ("nginx: [emerg] bind() failed\nstill could not bind()\n", "nginx: [emerg] bind() failed"),
        (json.dumps({"message": "stopped", "error": {"message": "no key"}}), "stopped: no key"),
        (json.dumps({"message": "stopped", "log.level": "error"}), "stopped"),
        (
            '{"message": "work failed", "error": {"message": "wrong key"}}\n{"message": "check failed"}\n',
            "work failed: wrong key",
        ),
        ('{"message": "work failed", "error": {"message": "wrong key"}}\nKilled\n', "Killed"),
        (
            "npm error code ECONNREFUSED\nnpm error request failed, reason: refused\nnpm error see the log\n",
            "npm error request failed, reason: refused",
        ),
        ("npm error code EUSAGE\nnpm error see the log\n", "npm error code EUSAGE"),
        ('{"half": ', '{"half":'),
        ("[1]", "[1]"),
    ],
)
def test_the_last_words_are_the_line_with_the_reason(tmp_path: Path, text: str, words: str) -> None:
    log = tmp_path / "log"
    log.write_text(text)
    assert last_line(log) == words


def test_lines_of_an_earlier_run_are_ignored(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("FATAL: of yesterday\n")
    assert last_line(log, since=log.stat().st_size) == NO_LINE
    log.write_text("new\n")
    assert last_line(log, since=10_000) == "new"


def test_a_missing_log_has_no_last_words(tmp_path: Path) -> None:
    assert last_line(tmp_path / "none") == NO_LINE


def test_a_long_log_is_emptied_and_two_copies_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    rotate_log(log)
    with log.open("a") as file:
        for line in ("one", "two", "three"):
            file.write(f"{line}\n")
            file.flush()
            rotate_log(log, limit=100)
            assert log.read_text() == f"{line}\n"
            rotate_log(log, limit=3)
        file.write("four\n")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "log": "four\n",
        "log.1": "three\n",
        "log.2": "two\n",
    }


def test_a_log_that_cannot_be_copied_stays_unchanged(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one\n")
    (tmp_path / "log.unfinished").mkdir()
    rotate_log(log, limit=1)
    assert log.read_text() == "one\n"
