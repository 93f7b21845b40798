"""What is asked of sessions and their refresh tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from auth.accounts.identity import Identity
from auth.accounts.models import Account
from auth.sessions.models import RefreshToken, Session
from auth.sessions.renewal import ShownToken, expiry

DELETED_AT_ONCE = 500
"""Sessions: with up to some thousand tokens each, what fits into one statement's time limit."""

NextToken = aliased(RefreshToken)


async def find_shown(session: AsyncSession, digest: bytes) -> ShownToken | None:
    statement = (
        select(
            Account.id,
            Account.username,
            Account.roles,
            Session.id,
            RefreshToken.generation,
            NextToken.created_at,
            Session.generation,
            Session.created_at,
            Session.expires_at,
            Session.ended_at,
        )
        .select_from(RefreshToken)
        .join(Session, Session.id == RefreshToken.session_id)
        .join(Account, Account.id == Session.account_id)
        .outerjoin(
            NextToken,
            and_(
                NextToken.session_id == RefreshToken.session_id,
                NextToken.generation == RefreshToken.generation + 1,
            ),
        )
        .where(RefreshToken.digest == digest)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    account_id, username, roles, *rest = row
    return ShownToken(Identity(account_id, username, roles), *rest)


async def use_up(
    session: AsyncSession, shown: ShownToken, next_digest: bytes, now: datetime
) -> bool:
    """Move a session on to its next token; tell whether this request did, and no other before it."""
    moved_on = await session.scalar(
        update(Session)
        .where(
            Session.id == shown.session_id,
            Session.generation == shown.generation,
            Session.ended_at.is_(None),
        )
        .values(
            generation=shown.generation + 1,
            renewed_at=now,
            expires_at=expiry(shown.session_created_at, now),
        )
        .returning(Session.id)
    )
    if moved_on is None:
        return False
    session.add(
        RefreshToken(
            digest=next_digest,
            session_id=shown.session_id,
            generation=shown.generation + 1,
            created_at=now,
        )
    )
    return True


async def session_of(session: AsyncSession, digest: bytes) -> UUID | None:
    return await session.scalar(
        select(RefreshToken.session_id).where(RefreshToken.digest == digest)
    )


async def end(session: AsyncSession, session_id: UUID, reason: str, now: datetime) -> UUID | None:
    """End a session; its account, or None where it had ended already."""
    return await session.scalar(
        update(Session)
        .where(Session.id == session_id, Session.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
        .returning(Session.account_id)
    )


async def delete_expired(session: AsyncSession, now: datetime) -> int:
    """Forget some sessions that are over, and tell how many. A token of theirs is unknown from then on."""
    expired = select(Session.id).where(Session.expires_at <= now).limit(DELETED_AT_ONCE)
    statement = delete(Session).where(Session.id.in_(expired)).returning(Session.id)
    return len((await session.scalars(statement)).all())
