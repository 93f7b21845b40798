"""What an export, the security log and a deletion look like on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec


class Deletion(msgspec.Struct, frozen=True):
    """Asks for an account to be deleted; without a password the session must have been confirmed a moment ago."""

    password: str | None = None


class SecurityEventView(msgspec.Struct, frozen=True):
    """One thing that happened to one's own account; `action` is stable, for programs and translators."""

    id: UUID
    action: str
    at: datetime
    address: str
    device: str
    detail: dict[str, str]
