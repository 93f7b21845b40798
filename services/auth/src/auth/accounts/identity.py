from uuid import UUID

import msgspec


class Identity(msgspec.Struct, frozen=True):
    """The claims of an access token that come from the account."""

    account_id: UUID
    username: str
    roles: list[str]
