"""Export, security log and deletion of accounts on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec


class AccountDeletion(msgspec.Struct, frozen=True):
    """A request to delete the account; without a password the session must have been confirmed a moment ago."""

    password: str | None = None


class SecurityEventView(msgspec.Struct, frozen=True):
    """An event in the caller's security log; `action` is stable, for programs and translators."""

    id: UUID
    action: str
    at: datetime
    address: str
    device: str
    detail: dict[str, str]
