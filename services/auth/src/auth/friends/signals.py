"""The channel on which somebody hears that their list of friends is another now."""

from uuid import UUID


def friends_channel(account_id: UUID) -> str:
    return f"friends_{account_id.hex}"
