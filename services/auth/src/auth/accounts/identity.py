"""Who somebody is, as their tokens say it."""

from uuid import UUID

import msgspec


class Identity(msgspec.Struct, frozen=True):
    """An account's part of the claims."""

    account_id: UUID
    username: str
    roles: list[str]
