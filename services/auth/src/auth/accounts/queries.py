"""What is asked of the accounts table."""

from uuid import UUID

import msgspec
from sqlalchemy import case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import emails
from auth.accounts.identity import Identity
from auth.accounts.models import PLAYER, Account
from transcendence_common.database import TimedSession
from transcendence_common.names import key_of

CLAIMED_ROLES = case(
    (Account.email_verified_at.is_not(None), func.array_prepend(PLAYER, Account.roles)),
    else_=Account.roles,
)
"""As tokens say them: whoever has verified an address is a player, and may enter tournaments."""

NEVER_STORED = "\0"
"""PostgreSQL's text cannot hold it and refuses the whole statement."""


EXPIRED_AT_ONCE = 50
"""Accounts: each takes its sessions and all else along, and a statement for each service that is told."""


class Addressee(msgspec.Struct, frozen=True):
    """Somebody who is written to, at the address as they wrote it."""

    account_id: UUID
    username: str
    email: str


class StoredPassword(msgspec.Struct, frozen=True):
    """What signing in needs to know of an account."""

    identity: Identity
    hash: str | None


async def insert_unless_taken(session: AsyncSession, account: dict[str, object]) -> bool:
    """Tell whether the account was stored; the unique constraints decide, after waiting for whoever came first."""
    statement = insert(Account).values(account).on_conflict_do_nothing().returning(Account.id)
    return await session.scalar(statement) is not None


async def is_name_taken(session: AsyncSession, username_key: str) -> bool:
    found = await session.scalar(select(exists().where(Account.username_key == username_key)))
    return bool(found)


async def find_owner(session: AsyncSession, email_key: str) -> Addressee | None:
    """Return who has verified an address."""
    row = (
        await session.execute(
            select(Account.id, Account.username, Account.email).where(
                Account.email_key == email_key, Account.email_verified_at.is_not(None)
            )
        )
    ).one_or_none()
    return None if row is None else Addressee(*row)


async def find_password(session: AsyncSession, name_or_email: str) -> StoredPassword | None:
    """Return the password of a name or an address; a name holds no @, so it is never both.

    An address stands for the account that has verified it and for no other: or else whoever claims a stranger's could
    tell from their own sign-in whether the stranger has an account.
    """
    if NEVER_STORED in name_or_email:
        return None
    columns = select(Account.id, Account.username, CLAIMED_ROLES, Account.password_hash)
    if "@" in name_or_email:
        statement = columns.where(
            Account.email_key == emails.key_of(name_or_email),
            Account.email_verified_at.is_not(None),
        )
    else:
        statement = columns.where(Account.username_key == key_of(name_or_email))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    account_id, username, roles, password_hash = row
    return StoredPassword(Identity(account_id, username, roles), password_hash)


async def find_identity(session: AsyncSession, account_id: UUID) -> Identity | None:
    """Return what tokens say of an account."""
    row = (
        await session.execute(
            select(Account.id, Account.username, CLAIMED_ROLES).where(Account.id == account_id)
        )
    ).one_or_none()
    return None if row is None else Identity(*row)


async def find_hash(session: AsyncSession, account_id: UUID) -> str | None:
    return await session.scalar(select(Account.password_hash).where(Account.id == account_id))


async def hold(session: AsyncSession, account_id: UUID) -> bool:
    """Keep an account to oneself until the transaction ends; tell whether it is there.

    Letting somebody in, changing the password and changing the second factor take turns by this row. Nobody comes in
    with a password that is replaced in the same moment: whoever replaces it then finds the session, and ends it.
    """
    held = select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
    return await session.scalar(held) is not None


async def hold_unchanged(session: AsyncSession, stored: StoredPassword) -> bool:
    """Hold an account as `hold` does; tell whether its password is still the one that was found."""
    held = (
        select(Account.id)
        .where(Account.id == stored.identity.account_id, Account.password_hash == stored.hash)
        .with_for_update(key_share=True)
    )
    return await session.scalar(held) is not None


async def hold_expired(session: TimedSession) -> list[UUID]:
    """Return some accounts that have expired, held so that nobody verifies them any more; not those that are held."""
    statement = (
        select(Account.id)
        .where(Account.expires_at <= session.now)
        .order_by(Account.expires_at)
        .limit(EXPIRED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(statement))


async def replace_hash(session: AsyncSession, stored: StoredPassword, new_hash: str) -> None:
    """Store a stronger hash of the same password, unless the password was changed meanwhile."""
    await session.execute(
        update(Account)
        .where(Account.id == stored.identity.account_id, Account.password_hash == stored.hash)
        .values(password_hash=new_hash)
    )


async def find_id(session: AsyncSession, username: str) -> UUID | None:
    if NEVER_STORED in username:
        return None
    return await session.scalar(select(Account.id).where(Account.username_key == key_of(username)))
