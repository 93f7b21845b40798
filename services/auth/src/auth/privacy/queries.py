"""Queries on the security log."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from auth.security_log.models import SecurityEvent
from auth.sessions.devices import device_name
from contracts.auth.privacy import SecurityEventView


class LogPosition(msgspec.Struct, frozen=True):
    """The last row of a page of the log."""

    at: datetime
    id: UUID


BEFORE_NEWEST_ROW = LogPosition(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


async def read_log(
    session: AsyncSession, account_id: UUID, after: LogPosition, limit: int
) -> list[SecurityEventView]:
    """Return a page of a player's security log before a position, newest first."""
    rows = await session.execute(
        select(
            SecurityEvent.id,
            SecurityEvent.action,
            SecurityEvent.at,
            SecurityEvent.address,
            SecurityEvent.user_agent,
            SecurityEvent.detail,
        )
        .where(
            SecurityEvent.account_id == account_id,
            tuple_(SecurityEvent.at, SecurityEvent.id) < tuple_(after.at, after.id),
        )
        .order_by(SecurityEvent.at.desc(), SecurityEvent.id.desc())
        .limit(limit)
    )
    return [
        SecurityEventView(event_id, action, at, address, device_name(user_agent), detail)
        for event_id, action, at, address, user_agent, detail in rows
    ]
