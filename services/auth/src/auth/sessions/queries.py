"""Queries on sessions and their refresh tokens."""

from uuid import UUID

import msgspec
from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from auth.accounts import queries as accounts
from auth.accounts.identity import Identity
from auth.accounts.models import Account
from auth.accounts.queries import ROLES_IN_TOKENS
from auth.sessions.models import REVOKED, RefreshToken, Session, SignInChallenge
from auth.sessions.renewal import PresentedToken, expiry_after_renewal
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession

DELETED_AT_ONCE = 500
"""Sessions deleted in one statement. A session can have some thousand tokens, and 500 of them fit into a statement's
time limit."""

NextToken = aliased(RefreshToken)


class SessionIds(msgspec.Struct, frozen=True):
    """A session and its account."""

    account_id: UUID
    session_id: UUID


async def find_presented_token(session: AsyncSession, digest: bytes) -> PresentedToken | None:
    statement = (
        select(
            Account.id,
            Account.username,
            ROLES_IN_TOKENS,
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
    return PresentedToken(Identity(account_id, username, roles), *rest)


async def store_next_token(
    session: TimedSession, shown: PresentedToken, next_digest: bytes, caller: Caller
) -> bool:
    """Store a session's next refresh token; tell whether this request did it, rather than a parallel one before it."""
    moved_on = await session.scalar(
        update(Session)
        .where(
            Session.id == shown.session_id,
            Session.generation == shown.generation,
            Session.ended_at.is_(None),
        )
        .values(
            generation=shown.generation + 1,
            user_agent=caller.user_agent,
            address=caller.address,
            renewed_at=session.now,
            expires_at=expiry_after_renewal(shown.session_created_at, session.now),
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
            created_at=session.now,
        )
    )
    return True


async def find_session_of_token(session: AsyncSession, digest: bytes) -> SessionIds | None:
    """Return the session that a refresh token belongs to."""
    statement = (
        select(Session.account_id, Session.id)
        .join(RefreshToken, RefreshToken.session_id == Session.id)
        .where(RefreshToken.digest == digest)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else SessionIds(*row)


async def lock_open_session(session: TimedSession, named: SessionIds) -> bool:
    """Lock a session until the transaction ends; tell whether it is still open.

    The account's row is locked first, as in all code that locks both, including account deletion, to prevent deadlocks.
    """
    await accounts.lock_account(session, named.account_id)
    held = await session.scalar(
        select(Session.id)
        .where(
            Session.id == named.session_id,
            Session.account_id == named.account_id,
            Session.ended_at.is_(None),
            Session.expires_at > session.now,
        )
        .with_for_update()
    )
    return held is not None


async def end_session(session: TimedSession, named: SessionIds, reason: str) -> bool:
    """End a session; tell whether this request ended it, rather than an earlier one."""
    await accounts.lock_account(session, named.account_id)
    ended = await session.scalar(
        update(Session)
        .where(
            Session.id == named.session_id,
            Session.account_id == named.account_id,
            Session.ended_at.is_(None),
        )
        .values(ended_at=session.now, end_reason=reason)
        .returning(Session.id)
    )
    return ended is not None


async def end_all_sessions(
    session: TimedSession, account_id: UUID, reason: str, except_session_id: UUID | None
) -> int:
    """End an account's sessions, except one if it is named; return how many.

    Pending second-factor challenges are deleted too. The caller has locked the account or has changed its row:
    otherwise a session could begin in the meantime.
    """
    others = [Session.account_id == account_id, Session.ended_at.is_(None)]
    if except_session_id is not None:
        others.append(Session.id != except_session_id)
    ended = await session.scalars(
        update(Session)
        .where(*others)
        .values(ended_at=session.now, end_reason=reason)
        .returning(Session.id)
    )
    await session.execute(delete(SignInChallenge).where(SignInChallenge.account_id == account_id))
    return len(ended.all())


async def list_open_sessions(session: TimedSession, account_id: UUID) -> list[Session]:
    """Return an account's open sessions, most recently used first."""
    found = await session.scalars(
        select(Session)
        .where(
            Session.account_id == account_id,
            Session.ended_at.is_(None),
            Session.expires_at > session.now,
        )
        .order_by(Session.renewed_at.desc(), Session.id.desc())
    )
    return list(found)


async def revoke_session(session: TimedSession, account_id: UUID, session_id: UUID) -> str | None:
    """End an open session of an account; return its user agent, or None if there is no such session."""
    await accounts.lock_account(session, account_id)
    return await session.scalar(
        update(Session)
        .where(
            Session.id == session_id,
            Session.account_id == account_id,
            Session.ended_at.is_(None),
            Session.expires_at > session.now,
        )
        .values(ended_at=session.now, end_reason=REVOKED)
        .returning(Session.user_agent)
    )


async def mark_confirmed(session: TimedSession, session_id: UUID) -> None:
    """Record that the player has reauthenticated."""
    await session.execute(
        update(Session).where(Session.id == session_id).values(confirmed_at=session.now)
    )


async def delete_expired_sessions(session: TimedSession) -> int:
    """Delete a batch of expired sessions and return how many. Their refresh tokens are unknown from then on."""
    expired = (
        select(Session.id)
        .where(Session.expires_at <= session.now)
        .limit(DELETED_AT_ONCE)
        # A transaction that deletes an account holds some of these rows and would wait for others.
        .with_for_update(skip_locked=True)
    )
    statement = delete(Session).where(Session.id.in_(expired)).returning(Session.id)
    return len((await session.scalars(statement)).all())
