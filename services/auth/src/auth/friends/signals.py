"""The channel that announces changes of a player's list of friends."""

from uuid import UUID


def friends_channel(account_id: UUID) -> str:
    return f"friends_{account_id.hex}"
