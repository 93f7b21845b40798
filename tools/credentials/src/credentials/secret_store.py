"""Secrets that are created once and kept, each in a file of its own."""

import base64
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from credentials.whole_files import write_atomically

SECRET_BYTES = 32
OWNER_ONLY = 0o600


def make_token() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def make_fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


SERVICE_SECRETS: Mapping[str, Callable[[], str]] = {
    "AUTH_ENCRYPTION_KEY": make_fernet_key,
    "AUTH_REFRESH_SECRET": make_token,
    "HISTORY_TICKET_SECRET": make_token,
    "TOURNAMENT_SERVICE_SECRET": make_token,
}
SECRETS_AUTH_ALSO_READS = frozenset({"TOURNAMENT_SERVICE_SECRET"})
"""Secrets of other services that auth also gets, because the services send them to auth."""


def ensure_secret(
    folder: Path, name: str, make: Callable[[], str] = make_token, *, mode: int = OWNER_ONLY
) -> str:
    """Return the secret with that name, created at the first call. An interrupted call leaves no partial file."""
    path = folder / name
    if not path.exists():
        write_atomically(path, make().encode(), mode)
    return path.read_text().strip()
