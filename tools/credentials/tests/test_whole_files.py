"""Files are written completely or not at all."""

import os
import stat
from pathlib import Path

import pytest

from credentials.whole_files import write_atomically


def test_a_file_is_replaced_atomically(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_atomically(path, b"first", 0o444)
    write_atomically(path, b"second", 0o600)
    assert path.read_bytes() == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    def interrupt(_: int) -> None:
        raise interruption

    path = tmp_path / "a"
    write_atomically(path, b"first", 0o444)
    monkeypatch.setattr(os, "fsync", interrupt)
    for name in ("a", "b"):
        with pytest.raises(interruption):
            write_atomically(tmp_path / name, b"second", 0o444)
    assert [found.name for found in tmp_path.iterdir()] == ["a"]
    assert path.read_bytes() == b"first"
