"""Secrets are made once."""

import stat
from pathlib import Path

from cryptography.fernet import Fernet

from credentials.secret_store import keep_secret, make_fernet_key


def test_secret_stays_and_is_its_owners_only(tmp_path: Path) -> None:
    first = keep_secret(tmp_path, "A")
    assert keep_secret(tmp_path, "A") == first
    assert keep_secret(tmp_path, "B") != first
    assert stat.S_IMODE((tmp_path / "A").stat().st_mode) == 0o600


def test_interrupted_writing_does_not_leave_half_a_secret(tmp_path: Path) -> None:
    (tmp_path / "A.unfinished").write_text("ha")
    assert len(keep_secret(tmp_path, "A")) > 40
    assert [path.name for path in tmp_path.iterdir()] == ["A"]


def test_encryption_key_is_one_that_fernet_takes(tmp_path: Path) -> None:
    Fernet(keep_secret(tmp_path, "A", make_fernet_key))
