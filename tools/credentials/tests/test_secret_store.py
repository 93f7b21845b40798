"""Secrets are created once."""

import stat
from pathlib import Path

from cryptography.fernet import Fernet

from credentials.secret_store import ensure_secret, make_fernet_key


def test_a_secret_is_kept_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = ensure_secret(tmp_path, "A")
    assert ensure_secret(tmp_path, "A") == first
    assert ensure_secret(tmp_path, "B") != first
    assert stat.S_IMODE((tmp_path / "A").stat().st_mode) == 0o600


def test_an_interrupted_write_leaves_no_partial_secret(tmp_path: Path) -> None:
    (tmp_path / "A.unfinished").write_text("ha")
    assert len(ensure_secret(tmp_path, "A")) > 40
    assert [path.name for path in tmp_path.iterdir()] == ["A"]


def test_fernet_accepts_the_encryption_key(tmp_path: Path) -> None:
    Fernet(ensure_secret(tmp_path, "A", make_fernet_key))
