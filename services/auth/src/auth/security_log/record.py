from datetime import datetime
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.models import Account
from auth.security_log.models import SecurityEvent
from auth.throttling import counting
from auth.throttling.limits import Limit
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession, session_at
from transcendence_common.ids import new_id


async def record_action(
    session: TimedSession,
    account_id: UUID,
    action: str,
    caller: Caller,
    **detail: str,
) -> None:
    """Record an action in the transaction that performs it. `detail` is shown to the owner: no secret belongs there."""
    await session.execute(
        insert(SecurityEvent).values(
            account_id=account_id, **_event_columns(action, caller, session.now, detail)
        )
    )


class SecurityLog:
    """Records refused attempts, whose record must outlive the rollback of the request's transaction.

    Call it while the request's transaction has no connection: holding one and waiting for another can deadlock.
    """

    def __init__(self, db: SQLAlchemyAsyncConfig) -> None:
        self._db = db

    async def record_alone(
        self, account_id: UUID, action: str, caller: Caller, now: datetime, **detail: str
    ) -> None:
        """Record an action in a transaction of its own. An account that was deleted in the meantime has no log."""
        async with session_at(self._db, now) as session:
            await _record_if_there(session, account_id, _event_columns(action, caller, now, detail))

    async def record_unless_limited(
        self,
        limit: Limit,
        account_id: UUID,
        action: str,
        caller: Caller,
        now: datetime,
        **detail: str,
    ) -> None:
        """Count an action against a limit, and record it as `record_alone` does if the limit is open, so that a flood
        does not fill the table.

        An unknown account costs the same statements and the same commit, so that timing does not reveal it.
        """
        async with session_at(self._db, now) as session:
            if await counting.count_attempt(session, limit):
                await _record_if_there(
                    session, account_id, _event_columns(action, caller, now, detail)
                )


async def _record_if_there(
    session: AsyncSession, account_id: UUID, columns: dict[str, object]
) -> None:
    types = SecurityEvent.__table__.columns
    # The weakest lock that prevents the account's deletion: it does not wait for sign-ins.
    row = (
        select(Account.id, *(literal(value, types[name].type) for name, value in columns.items()))
        .where(Account.id == account_id)
        .with_for_update(read=True, key_share=True)
    )
    await session.execute(insert(SecurityEvent).from_select(["account_id", *columns], row))


def _event_columns(
    action: str, caller: Caller, now: datetime, detail: dict[str, str]
) -> dict[str, object]:
    return {
        "id": new_id(),
        "action": action,
        "at": now,
        "address": caller.address,
        "user_agent": caller.user_agent,
        "detail": detail,
    }
