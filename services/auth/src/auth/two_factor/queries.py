"""Queries on second factors, recovery codes and challenges."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.sessions.models import CODES_PER_CHALLENGE, SignInChallenge
from auth.two_factor.models import RecoveryCode, TwoFactor
from contracts.auth.two_factor import TwoFactorStatus
from transcendence_common.database import TimedSession


class CountedChallenge(msgspec.Struct, frozen=True):
    """A challenge whose answer was counted and is yet to be checked."""

    account_id: UUID
    method: str
    attempts: int

    @property
    def attempts_left(self) -> int:
        return CODES_PER_CHALLENGE - self.attempts


async def is_enabled(session: AsyncSession, account_id: UUID) -> bool:
    """Tell whether two-factor authentication is enabled for an account."""
    on = exists().where(TwoFactor.account_id == account_id, TwoFactor.enabled_at.is_not(None))
    return bool(await session.scalar(select(on)))


async def status_of(session: AsyncSession, account_id: UUID) -> TwoFactorStatus:
    enabled_at = await session.scalar(
        select(TwoFactor.enabled_at).where(TwoFactor.account_id == account_id)
    )
    left = await count_recovery_codes(session, account_id)
    return TwoFactorStatus(enabled_at is not None, enabled_at, left)


async def store_pending_secret(session: TimedSession, account_id: UUID, sealed: bytes) -> bool:
    """Store a secret that waits for its first code, replacing another one that waits; tell whether two-factor
    authentication was still disabled."""
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


async def find_pending_secret(session: AsyncSession, account_id: UUID) -> bytes | None:
    return await session.scalar(
        select(TwoFactor.sealed_secret).where(
            TwoFactor.account_id == account_id, TwoFactor.enabled_at.is_(None)
        )
    )


async def enable_pending_secret(
    session: TimedSession, account_id: UUID, sealed: bytes, step: int
) -> bool:
    """Enable a pending secret and use up its first code; tell whether the same secret was still pending."""
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


async def find_enabled_secret(session: AsyncSession, account_id: UUID) -> bytes | None:
    return await session.scalar(
        select(TwoFactor.sealed_secret).where(
            TwoFactor.account_id == account_id, TwoFactor.enabled_at.is_not(None)
        )
    )


async def use_up_time_step(
    session: AsyncSession, account_id: UUID, step: int, resealed: bytes
) -> bool:
    """Use up the code of a time step; tell whether no other request used this or a later one first."""
    used = await session.scalar(
        update(TwoFactor)
        .where(TwoFactor.account_id == account_id, TwoFactor.last_step < step)
        .values(last_step=step, sealed_secret=resealed)
        .returning(TwoFactor.account_id)
    )
    return used is not None


async def delete_second_factor(session: AsyncSession, account_id: UUID) -> bool:
    """Delete the second factor with its recovery codes and open challenges; tell whether it was enabled."""
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


async def use_up_recovery_code(session: TimedSession, account_id: UUID, digest: bytes) -> bool:
    """Use up a recovery code; tell whether it existed and was unused."""
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
    """Count an account's unused recovery codes."""
    left = await session.scalar(
        select(func.count()).where(
            RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
        )
    )
    return left or 0


async def count_answer(session: TimedSession, digest: bytes) -> CountedChallenge | None:
    """Count an answer to a challenge; return None if the challenge accepts no more."""
    row = (
        await session.execute(
            update(SignInChallenge)
            .where(
                SignInChallenge.digest == digest,
                SignInChallenge.expires_at > session.now,
                SignInChallenge.attempts < CODES_PER_CHALLENGE,
            )
            .values(attempts=SignInChallenge.attempts + 1)
            .returning(SignInChallenge.account_id, SignInChallenge.method, SignInChallenge.attempts)
        )
    ).one_or_none()
    return None if row is None else CountedChallenge(*row)


async def use_up_challenge(session: AsyncSession, digest: bytes) -> bool:
    """Delete an answered challenge; tell whether it still existed."""
    used = await session.scalar(
        delete(SignInChallenge)
        .where(SignInChallenge.digest == digest)
        .returning(SignInChallenge.digest)
    )
    return used is not None


async def delete_expired_challenges(session: TimedSession) -> None:
    expired = (
        select(SignInChallenge.digest)
        .where(SignInChallenge.expires_at <= session.now)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(SignInChallenge).where(SignInChallenge.digest.in_(expired)))
