"""Queries that replace passwords."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.models import Account


async def change_password_hash(
    session: AsyncSession, account_id: UUID, old_hash: str | None, new_hash: str
) -> bool:
    """Store a new password; tell whether the old one was still the one that was verified."""
    changed = await session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.password_hash.is_not_distinct_from(old_hash))
        .values(password_hash=new_hash)
        .returning(Account.id)
    )
    return changed is not None


async def reset_password_hash(
    session: AsyncSession, account_id: UUID, email_key: str, new_hash: str
) -> bool:
    """Store a password chosen through an email link; tell whether the link's address is still the account's."""
    stored = await session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.email_key == email_key)
        .values(password_hash=new_hash)
        .returning(Account.id)
    )
    return stored is not None
