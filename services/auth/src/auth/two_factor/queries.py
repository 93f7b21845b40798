"""What is asked of second factors."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.sessions.models import CODES_A_CHALLENGE, SignInChallenge
from auth.two_factor.models import RecoveryCode, TwoFactor
from contracts.auth.two_factor import TwoFactorStatus
from transcendence_common.database import TimedSession


class Attempted(msgspec.Struct, frozen=True):
    """A challenge whose answer was counted and is to be looked at."""

    account_id: UUID
    method: str
    attempts: int

    @property
    def left(self) -> int:
        return CODES_A_CHALLENGE - self.attempts


async def is_on(session: AsyncSession, account_id: UUID) -> bool:
    """Tell whether an account asks for a second factor."""
    on = exists().where(TwoFactor.account_id == account_id, TwoFactor.enabled_at.is_not(None))
    return bool(await session.scalar(select(on)))


async def status_of(session: AsyncSession, account_id: UUID) -> TwoFactorStatus:
    enabled_at = await session.scalar(
        select(TwoFactor.enabled_at).where(TwoFactor.account_id == account_id)
    )
    left = await count_recovery_codes(session, account_id)
    return TwoFactorStatus(enabled_at is not None, enabled_at, left)


async def set_up(session: TimedSession, account_id: UUID, sealed: bytes) -> bool:
    """Store a pending secret in place of another; tell whether none was on."""
    pending = {"sealed_secret": sealed, "set_up_at": session.now}
    stored = await session.scalar(
        upsert(TwoFactor)
        .values(account_id=account_id, **pending)
        .on_conflict_do_update(
            index_elements=[TwoFactor.account_id],
            set_=pending,
            where=TwoFactor.enabled_at.is_(None),
        )
        .returning(TwoFactor.account_id)
    )
    return stored is not None


async def find_pending(session: AsyncSession, account_id: UUID) -> bytes | None:
    return await session.scalar(
        select(TwoFactor.sealed_secret).where(
            TwoFactor.account_id == account_id, TwoFactor.enabled_at.is_(None)
        )
    )


async def enable(session: TimedSession, account_id: UUID, sealed: bytes, step: int) -> bool:
    """Turn a pending secret on and use its first code up; tell whether it was still that secret, and pending."""
    enabled = await session.scalar(
        update(TwoFactor)
        .where(
            TwoFactor.account_id == account_id,
            TwoFactor.sealed_secret == sealed,
            TwoFactor.enabled_at.is_(None),
        )
        .values(enabled_at=session.now, last_step=step)
        .returning(TwoFactor.account_id)
    )
    return enabled is not None


async def find_enabled(session: AsyncSession, account_id: UUID) -> bytes | None:
    return await session.scalar(
        select(TwoFactor.sealed_secret).where(
            TwoFactor.account_id == account_id, TwoFactor.enabled_at.is_not(None)
        )
    )


async def use_step(session: AsyncSession, account_id: UUID, step: int, resealed: bytes) -> bool:
    """Use a half minute's code up; tell whether no request was first, with this code or a later one."""
    used = await session.scalar(
        update(TwoFactor)
        .where(TwoFactor.account_id == account_id, TwoFactor.last_step < step)
        .values(last_step=step, sealed_secret=resealed)
        .returning(TwoFactor.account_id)
    )
    return used is not None


async def disable(session: AsyncSession, account_id: UUID) -> bool:
    """Forget the second factor with its recovery codes and open challenges; tell whether it was on."""
    disabled = await session.scalar(
        delete(TwoFactor)
        .where(TwoFactor.account_id == account_id, TwoFactor.enabled_at.is_not(None))
        .returning(TwoFactor.account_id)
    )
    return disabled is not None


async def replace_recovery_codes(
    session: AsyncSession, account_id: UUID, digests: Sequence[bytes]
) -> None:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    await session.execute(
        insert(RecoveryCode),
        [{"account_id": account_id, "digest": digest} for digest in digests],
    )


async def use_recovery_code(session: TimedSession, account_id: UUID, digest: bytes) -> bool:
    """Use a recovery code up; tell whether there was one, and no request was first."""
    used = await session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.digest == digest,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=session.now)
        .returning(RecoveryCode.account_id)
    )
    return used is not None


async def count_recovery_codes(session: AsyncSession, account_id: UUID) -> int:
    """Count those that still work."""
    left = await session.scalar(
        select(func.count()).where(
            RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
        )
    )
    return left or 0


async def count_attempt(session: TimedSession, digest: bytes) -> Attempted | None:
    """Count an answer to a challenge; None where it takes none any more."""
    row = (
        await session.execute(
            update(SignInChallenge)
            .where(
                SignInChallenge.digest == digest,
                SignInChallenge.expires_at > session.now,
                SignInChallenge.attempts < CODES_A_CHALLENGE,
            )
            .values(attempts=SignInChallenge.attempts + 1)
            .returning(SignInChallenge.account_id, SignInChallenge.method, SignInChallenge.attempts)
        )
    ).one_or_none()
    return None if row is None else Attempted(*row)


async def use_challenge(session: AsyncSession, digest: bytes) -> bool:
    """Use an answered challenge up; tell whether it was still there."""
    used = await session.scalar(
        delete(SignInChallenge)
        .where(SignInChallenge.digest == digest)
        .returning(SignInChallenge.digest)
    )
    return used is not None


async def delete_expired(session: TimedSession) -> None:
    expired = (
        select(SignInChallenge.digest)
        .where(SignInChallenge.expires_at <= session.now)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(SignInChallenge).where(SignInChallenge.digest.in_(expired)))
