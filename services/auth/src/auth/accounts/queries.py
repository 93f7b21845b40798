"""What is asked of the accounts table."""

from uuid import UUID

import msgspec
from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import emails, usernames
from auth.accounts.identity import Identity
from auth.accounts.models import Account
from auth.accounts.schemas import Me, PublicProfile

NEVER_STORED = "\0"
"""PostgreSQL's text cannot hold it and refuses the whole statement."""


class StoredPassword(msgspec.Struct, frozen=True):
    """What signing in needs to know of an account."""

    identity: Identity
    hash: str


async def insert_unless_taken(session: AsyncSession, account: dict[str, object]) -> bool:
    """Tell whether the account was stored; the unique constraints decide, after waiting for whoever came first."""
    statement = insert(Account).values(account).on_conflict_do_nothing().returning(Account.id)
    return await session.scalar(statement) is not None


async def is_name_taken(session: AsyncSession, username_key: str) -> bool:
    found = await session.scalar(select(exists().where(Account.username_key == username_key)))
    return bool(found)


async def find_me(session: AsyncSession, account_id: UUID) -> Me | None:
    row = (
        await session.execute(
            select(
                Account.id, Account.username, Account.email, Account.roles, Account.created_at
            ).where(Account.id == account_id)
        )
    ).one_or_none()
    return None if row is None else Me(*row)


async def find_profile(session: AsyncSession, username: str) -> PublicProfile | None:
    if NEVER_STORED in username:
        return None
    row = (
        await session.execute(
            select(Account.id, Account.username, Account.created_at).where(
                Account.username_key == usernames.key_of(username)
            )
        )
    ).one_or_none()
    return None if row is None else PublicProfile(*row)


async def find_password(session: AsyncSession, name_or_email: str) -> StoredPassword | None:
    """Return the password of a name or an address; a name holds no @, so it is never both."""
    if NEVER_STORED in name_or_email:
        return None
    is_the_one = (
        Account.email_key == emails.key_of(name_or_email)
        if "@" in name_or_email
        else Account.username_key == usernames.key_of(name_or_email)
    )
    row = (
        await session.execute(
            select(Account.id, Account.username, Account.roles, Account.password_hash).where(
                is_the_one
            )
        )
    ).one_or_none()
    if row is None:
        return None
    account_id, username, roles, password_hash = row
    return StoredPassword(Identity(account_id, username, roles), password_hash)


async def replace_hash(session: AsyncSession, stored: StoredPassword, new_hash: str) -> None:
    """Store a stronger hash of the same password, unless the password was changed meanwhile."""
    await session.execute(
        update(Account)
        .where(Account.id == stored.identity.account_id, Account.password_hash == stored.hash)
        .values(password_hash=new_hash)
    )
