"""Secrets that are made once and then stay, each in a file of its own that only its owner reads."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

SECRET_BYTES = 32


def make_token() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def make_fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


SERVICE_SECRETS: Mapping[str, Callable[[], str]] = {
    "AUTH_ENCRYPTION_KEY": make_fernet_key,
    "AUTH_REFRESH_SECRET": make_token,
    "HISTORY_TICKET_SECRET": make_token,
}


def keep_secret(folder: Path, name: str, make: Callable[[], str] = make_token) -> str:
    """The secret of that name, made at the first call. An interrupted call leaves none behind."""
    path = folder / name
    if not path.exists():
        unfinished = path.with_name(f"{name}.unfinished")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(
            os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w"
        ) as file:
            file.write(make())
            os.fsync(file.fileno())
        unfinished.rename(path)
    return path.read_text().strip()
