"""What is asked of accounts when passwords are chosen."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.models import Account


async def change(
    session: AsyncSession, account_id: UUID, old_hash: str | None, new_hash: str
) -> bool:
    """Store another password; tell whether the old one was still the one that was proved."""
    changed = await session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.password_hash.is_not_distinct_from(old_hash))
        .values(password_hash=new_hash)
        .returning(Account.id)
    )
    return changed is not None


async def reset(session: AsyncSession, account_id: UUID, email_key: str, new_hash: str) -> bool:
    """Store a password chosen by a reader of the account's address; tell whether it is its address still."""
    stored = await session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.email_key == email_key)
        .values(password_hash=new_hash)
        .returning(Account.id)
    )
    return stored is not None
