"""Who is here: whoever holds a stream open, in any tab, at any replica."""

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

PROLONGED_FOR = timedelta(seconds=40)
"""Survives keeping up that fails a few times. It is the longest that somebody seems to be here after the process that
held their stream was killed, but for the time until somebody looks: under a minute."""
LINGERS_FOR = timedelta(seconds=5)
"""After a tab was closed: who only turns to the next page is back by then, and nobody saw them go."""

LOOKS_AT_REST = timedelta(minutes=1)
"""While no tab is open here: for tabs of a replica that was killed."""


class Presences:
    """The tabs of this replica; all of them are in the database."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._open: set[UUID] = set()
        self._closed: set[UUID] = set()
        self._next_look: datetime | None = None

    async def arrive(self, account_id: UUID) -> UUID:
        """Note an open tab; friends hear of it if it is the only one."""
        now, presence_id = self._clock(), new_id()
        async with session_at(self._db, now) as session:
            here_already = await session.scalar(select(_is_here(account_id, now)))
            if not await queries.keep(session, [account_id]):
                return presence_id
            session.add(
                Presence(id=presence_id, account_id=account_id, expires_at=now + PROLONGED_FOR)
            )
            if not here_already:
                await _tell_friends(session, [account_id])
        self._open.add(presence_id)
        return presence_id

    def leave(self, presence_id: UUID) -> None:
        """Note that a tab was closed; `keep_up` tells friends, unless another is open by then."""
        self._open.discard(presence_id)
        self._closed.add(presence_id)

    async def keep_up(self) -> None:
        """Prolong what is open here, let what was closed run out, and see who has gone anywhere."""
        now, closed = self._clock(), set(self._closed)
        at_rest = not self._open and not closed
        if at_rest and self._next_look is not None and now < self._next_look:
            return
        async with session_at(self._db, now) as session:
            await _expire(session, self._open, now + PROLONGED_FOR)
            await _expire(session, closed, now + LINGERS_FOR)
            gone = await _sweep(session)
            if gone:
                await _tell_friends(session, gone)
        self._closed -= closed
        self._next_look = now + (LOOKS_AT_REST if at_rest else LINGERS_FOR)


async def _expire(session: AsyncSession, presences: set[UUID], at: datetime) -> None:
    if presences:
        await session.execute(
            update(Presence)
            .where(Presence.id.in_(_unlocked(Presence.id.in_(presences))))
            .values(expires_at=at)
        )


async def _sweep(session: TimedSession) -> list[UUID]:
    """Forget closed tabs, of dead replicas too, and return who has none left."""
    swept = await session.scalars(
        delete(Presence)
        .where(Presence.id.in_(_unlocked(Presence.expires_at <= session.now)))
        .returning(Presence.account_id)
    )
    return [
        account_id
        for account_id in set(swept)
        if not await session.scalar(select(_is_here(account_id, session.now)))
    ]


def _unlocked(which: ColumnElement[bool]) -> Select[UUID]:
    """Leave out what somebody holds who deletes their account: both would wait for each other."""
    return select(Presence.id).where(which).with_for_update(skip_locked=True)


async def _tell_friends(session: AsyncSession, account_ids: list[UUID]) -> None:
    friends = await queries.friends_of(session, account_ids)
    await notify(session, map(friends_channel, friends))


def _is_here(account_id: UUID, now: datetime) -> ColumnElement[bool]:
    return exists().where(Presence.account_id == account_id, Presence.expires_at > now)
