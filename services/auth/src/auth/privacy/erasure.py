"""Deletes an account, and tells every service that stores data of its player.

Each service is told by an outbox message of its own: one that is down receives it when it is back.
"""

from uuid import UUID

import msgspec
from sqlalchemy import delete

from auth.accounts.models import Account
from auth.friends.queries import friend_ids_of
from auth.friends.signals import friends_channel
from transcendence_common import outbox
from transcendence_common.database import TimedSession
from transcendence_common.ids import new_id
from transcendence_common.player_events import PlayerErased
from transcendence_common.signals import notify

RECEIVERS = ("history", "tournament")


def player_topic_of(service: str) -> str:
    """Return the outbox topic of player events for one service."""
    return f"player-events.{service}"


async def erase_account(session: TimedSession, account_id: UUID) -> bool:
    """Delete an account with all its data; tell whether this transaction deleted it, rather than an earlier one."""
    friends = await friend_ids_of(session, [account_id])
    deleted = await session.scalar(
        delete(Account).where(Account.id == account_id).returning(Account.id)
    )
    if deleted is None:
        return False
    event = PlayerErased(id=new_id(), type="player.erased", player_id=account_id, at=session.now)
    for service in RECEIVERS:
        await outbox.enqueue_message(session, player_topic_of(service), msgspec.json.encode(event))
    await notify(session, map(friends_channel, friends))
    return True
