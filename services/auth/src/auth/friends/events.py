"""Log events about friendships and blocks."""

from typing import Literal
from uuid import UUID

import structlog

FriendAction = Literal[
    "friend-request", "friend-accept", "friend-part", "friend-block", "friend-unblock"
]
Effect = Literal["creation", "change", "deletion"]

EFFECTS: dict[FriendAction, Effect] = {
    "friend-request": "creation",
    "friend-accept": "change",
    "friend-part": "deletion",
    "friend-block": "creation",
    "friend-unblock": "deletion",
}

logger = structlog.get_logger("auth.friends")


def log_friend_action(action: FriendAction, me: UUID, other: UUID) -> None:
    """Log a player's action towards another player."""
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["api"],
            "event.type": [EFFECTS[action]],
            "event.outcome": "success",
            "user.id": str(me),
            "user.target.id": str(other),
            "related.user": [str(me), str(other)],
        },
    )
