"""The line that tells why a part ended, and lines as they are added."""

import json
from pathlib import Path

import pytest

from launcher.logs import NO_LINE, LogFollower, last_words


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
def test_last_words(tmp_path: Path, text: str, words: str) -> None:
    log = tmp_path / "log"
    log.write_text(text)
    assert last_words(log) == words


def test_words_of_an_earlier_run_do_not_count(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("FATAL: of yesterday\n")
    assert last_words(log, since=log.stat().st_size) == NO_LINE
    log.write_text("new\n")
    assert last_words(log, since=10_000) == "new"


def test_log_that_was_never_written_has_no_words(tmp_path: Path) -> None:
    assert last_words(tmp_path / "none") == NO_LINE


def test_a_line_is_followed_once_it_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "log"
    follower = LogFollower(log)
    assert list(follower.new_lines()) == []
    with log.open("a") as file:
        for written, found in (("one\ntwo\nth", ["one", "two"]), ("ree", []), ("\n", ["three"])):
            file.write(written)
            file.flush()
            assert list(follower.new_lines()) == found
    assert list(follower.new_lines()) == []


def test_lines_of_an_earlier_run_are_not_followed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("of yesterday\n")
    follower = LogFollower(log, since=log.stat().st_size)
    with log.open("a") as file:
        file.write("of today\n")
    assert list(follower.new_lines()) == ["of today"]


def test_a_long_log_is_emptied_and_two_copies_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    follower = LogFollower(log)
    with log.open("a") as file:
        for line in ("one", "two", "three"):
            file.write(f"{line}\n")
            file.flush()
            assert list(follower.new_lines()) == [line]
            follower.rotate(limit=100)
            assert log.read_text() == f"{line}\n"
            follower.rotate(limit=3)
        file.write("four\n")
    assert list(follower.new_lines()) == ["four"]
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "log": "four\n",
        "log.1": "three\n",
        "log.2": "two\n",
    }
