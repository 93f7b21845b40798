"""Presence: a player is online while at least one tab holds a stream open, at any replica."""

from datetime import datetime, timedelta
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.friends import queries
from auth.friends.models import Presence
from auth.friends.signals import friends_channel
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.ids import new_id
from transcendence_common.signals import notify

EXTENDED_FOR = timedelta(seconds=40)
"""How long a presence lasts without being extended, so that a few failed extensions do not matter. It is also the
longest that a player seems online after the process with their stream was killed, plus the time until the next check:
under a minute."""
KEPT_AFTER_CLOSING_FOR = timedelta(seconds=5)
"""How long a presence lasts after its tab was closed: a player who only turns to the next page is back by then, and
friends notice nothing."""

IDLE_CHECK_INTERVAL = timedelta(minutes=1)
"""Interval of checks while no tab is open here: for tabs of a replica that was killed."""


class Presences:
    """Tracks the open tabs of this replica; the tabs of all replicas are in the database."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._open: set[UUID] = set()
        self._closed: set[UUID] = set()
        self._next_look: datetime | None = None

    async def record_opened_tab(self, account_id: UUID) -> UUID:
        """Record an open tab, and notify friends if it is the only one."""
        now, presence_id = self._clock(), new_id()
        async with session_at(self._db, now) as session:
            here_already = await session.scalar(select(_is_online(account_id, now)))
            if not await queries.lock_accounts(session, [account_id]):
                return presence_id
            session.add(
                Presence(id=presence_id, account_id=account_id, expires_at=now + EXTENDED_FOR)
            )
            if not here_already:
                await _notify_friends(session, [account_id])
        self._open.add(presence_id)
        return presence_id

    def record_closed_tab(self, presence_id: UUID) -> None:
        """Record that a tab was closed. A later call of `update_presences` notifies friends, unless another tab is open
        by then."""
        self._open.discard(presence_id)
        self._closed.add(presence_id)

    async def update_presences(self) -> None:
        """Extend the presences of open tabs, let those of closed tabs expire, and notify friends of players who went
        offline."""
        now, closed = self._clock(), set(self._closed)
        at_rest = not self._open and not closed
        if at_rest and self._next_look is not None and now < self._next_look:
            return
        async with session_at(self._db, now) as session:
            await _set_expiry(session, self._open, now + EXTENDED_FOR)
            await _set_expiry(session, closed, now + KEPT_AFTER_CLOSING_FOR)
            gone = await _delete_expired(session)
            if gone:
                await _notify_friends(session, gone)
        self._closed -= closed
        self._next_look = now + (IDLE_CHECK_INTERVAL if at_rest else KEPT_AFTER_CLOSING_FOR)


async def _set_expiry(session: AsyncSession, presences: set[UUID], at: datetime) -> None:
    if presences:
        await session.execute(
            update(Presence)
            .where(Presence.id.in_(_select_unlocked(Presence.id.in_(presences))))
            .values(expires_at=at)
        )


async def _delete_expired(session: TimedSession) -> list[UUID]:
    """Delete expired presences, of dead replicas too, and return the players who have none left."""
    swept = await session.scalars(
        delete(Presence)
        .where(Presence.id.in_(_select_unlocked(Presence.expires_at <= session.now)))
        .returning(Presence.account_id)
    )
    return [
        account_id
        for account_id in set(swept)
        if not await session.scalar(select(_is_online(account_id, session.now)))
    ]


def _select_unlocked(which: ColumnElement[bool]) -> Select[UUID]:
    """Select and lock presences, without those locked by an account's deletion, to prevent a deadlock."""
    return select(Presence.id).where(which).with_for_update(skip_locked=True)


async def _notify_friends(session: AsyncSession, account_ids: list[UUID]) -> None:
    friends = await queries.friend_ids_of(session, account_ids)
    await notify(session, map(friends_channel, friends))


def _is_online(account_id: UUID, now: datetime) -> ColumnElement[bool]:
    return exists().where(Presence.account_id == account_id, Presence.expires_at > now)
