"""Queries on the accounts table."""

from uuid import UUID

import msgspec
from sqlalchemy import case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import emails
from auth.accounts.identity import Identity
from auth.accounts.models import PLAYER, Account
from transcendence_common.database import TimedSession
from transcendence_common.names import name_key

ROLES_IN_TOKENS = case(
    (Account.email_verified_at.is_not(None), func.array_prepend(PLAYER, Account.roles)),
    else_=Account.roles,
)
"""Roles as tokens contain them. An account with a verified address has the role player, and may enter tournaments."""

NUL_CHARACTER = "\0"
"""PostgreSQL's text cannot contain this character, and rejects the whole statement."""


EXPIRED_ACCOUNTS_AT_ONCE = 50
"""Expired accounts deleted at once. Each takes its sessions and other rows with it, and one statement per notified
service."""


class Addressee(msgspec.Struct, frozen=True):
    """An account to send an email to, with the address as the owner wrote it."""

    account_id: UUID
    username: str
    email: str


class StoredPassword(msgspec.Struct, frozen=True):
    """An account's identity and password hash, as needed to sign in."""

    identity: Identity
    hash: str | None


async def insert_unless_taken(session: AsyncSession, account: dict[str, object]) -> bool:
    """Insert an account; tell whether it was stored, which another account with its name or verified address prevents.
    The unique constraints decide, after waiting for parallel inserts."""
    statement = insert(Account).values(account).on_conflict_do_nothing().returning(Account.id)
    return await session.scalar(statement) is not None


async def is_name_taken(session: AsyncSession, username_key: str) -> bool:
    found = await session.scalar(select(exists().where(Account.username_key == username_key)))
    return bool(found)


async def find_owner_of_email(session: AsyncSession, email_key: str) -> Addressee | None:
    """Return the account that has verified an address."""
    row = (
        await session.execute(
            select(Account.id, Account.username, Account.email).where(
                Account.email_key == email_key, Account.email_verified_at.is_not(None)
            )
        )
    ).one_or_none()
    return None if row is None else Addressee(*row)


async def find_stored_password(session: AsyncSession, name_or_email: str) -> StoredPassword | None:
    """Return the account and password hash of a typed player name or email address; a name contains no @, so the text
    is never both.

    An address stands only for the account that has verified it. Otherwise a person who registers with a stranger's
    address could tell from their own sign-in whether the stranger has an account.
    """
    if NUL_CHARACTER in name_or_email:
        return None
    columns = select(Account.id, Account.username, ROLES_IN_TOKENS, Account.password_hash)
    if "@" in name_or_email:
        statement = columns.where(
            Account.email_key == emails.email_key_of(name_or_email),
            Account.email_verified_at.is_not(None),
        )
    else:
        statement = columns.where(Account.username_key == name_key(name_or_email))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    account_id, username, roles, password_hash = row
    return StoredPassword(Identity(account_id, username, roles), password_hash)


async def find_identity(session: AsyncSession, account_id: UUID) -> Identity | None:
    """Return the claims of an account's access tokens, or None if the account was deleted."""
    row = (
        await session.execute(
            select(Account.id, Account.username, ROLES_IN_TOKENS).where(Account.id == account_id)
        )
    ).one_or_none()
    return None if row is None else Identity(*row)


async def find_password_hash(session: AsyncSession, account_id: UUID) -> str | None:
    return await session.scalar(select(Account.password_hash).where(Account.id == account_id))


async def lock_account(session: AsyncSession, account_id: UUID) -> bool:
    """Lock an account until the transaction ends; tell whether it exists.

    Sign-ins and changes of the password or the second factor are serialised by this row. No sign-in succeeds with a
    password that is being replaced: the replacing transaction then finds the new session and ends it.
    """
    held = select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
    return await session.scalar(held) is not None


async def lock_account_if_password_unchanged(session: AsyncSession, stored: StoredPassword) -> bool:
    """Lock an account as `lock_account` does; tell whether its password is still the one that was found."""
    held = (
        select(Account.id)
        .where(Account.id == stored.identity.account_id, Account.password_hash == stored.hash)
        .with_for_update(key_share=True)
    )
    return await session.scalar(held) is not None


async def lock_expired_accounts(session: TimedSession) -> list[UUID]:
    """Return some expired accounts, locked so that they can no longer be verified. Accounts locked elsewhere are
    skipped."""
    statement = (
        select(Account.id)
        .where(Account.expires_at <= session.now)
        .order_by(Account.expires_at)
        .limit(EXPIRED_ACCOUNTS_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(statement))


async def replace_password_hash(
    session: AsyncSession, stored: StoredPassword, new_hash: str
) -> None:
    """Store another hash of the same password, made with the current parameters, unless the password was changed in the
    meantime."""
    await session.execute(
        update(Account)
        .where(Account.id == stored.identity.account_id, Account.password_hash == stored.hash)
        .values(password_hash=new_hash)
    )


async def find_account_id(session: AsyncSession, username: str) -> UUID | None:
    if NUL_CHARACTER in username:
        return None
    return await session.scalar(
        select(Account.id).where(Account.username_key == name_key(username))
    )
