"""Queries on profiles and avatars."""

from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from auth.accounts.models import Account
from auth.accounts.queries import NUL_CHARACTER
from auth.profiles.models import AccountAvatar
from auth.profiles.picture_maker import Avatar
from contracts.auth.profiles import OwnProfile, PublicProfile
from transcendence_common.names import name_key

OWN_PROFILE_COLUMNS = (Account.display_name, Account.bio, Account.avatar)

COLUMN_OF_SIZE: dict[int, InstrumentedAttribute[bytes]] = {
    64: AccountAvatar.webp_64,
    128: AccountAvatar.webp_128,
    512: AccountAvatar.webp_512,
}


async def find_public_profile(session: AsyncSession, username: str) -> PublicProfile | None:
    """Return a player's public profile, without its relation to the reader."""
    if NUL_CHARACTER in username:
        return None
    row = (
        await session.execute(
            select(Account.id, Account.username, *OWN_PROFILE_COLUMNS, Account.created_at).where(
                Account.username_key == name_key(username)
            )
        )
    ).one_or_none()
    return None if row is None else PublicProfile(*row, relation=None)


async def find_own_profile(session: AsyncSession, account_id: UUID) -> OwnProfile | None:
    row = (
        await session.execute(select(*OWN_PROFILE_COLUMNS).where(Account.id == account_id))
    ).one_or_none()
    return None if row is None else OwnProfile(*row)


async def change_profile(
    session: AsyncSession, account_id: UUID, values: dict[str, str | None]
) -> OwnProfile | None:
    """Change and return a profile; return None if the display name is another player's username, or the account is
    gone."""
    statement = (
        update(Account)
        .where(Account.id == account_id)
        .values(values)
        .returning(*OWN_PROFILE_COLUMNS)
    )
    if values.get("display_name_key") is not None:
        other = aliased(Account)
        statement = statement.where(
            ~exists().where(
                other.username_key == values["display_name_key"], other.id != account_id
            )
        )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else OwnProfile(*row)


async def store_avatar(session: AsyncSession, account_id: UUID, avatar: Avatar) -> bool:
    """Store an avatar, replacing the previous one; tell whether the account still exists.

    The account's row is locked first, so that parallel changes are applied one after the other, in both tables.
    """
    if not await _set_avatar_hash(session, account_id, avatar.hash):
        return False
    values = {
        "hash": avatar.hash,
        **{column.key: avatar.pictures[size] for size, column in COLUMN_OF_SIZE.items()},
    }
    await session.execute(
        insert(AccountAvatar)
        .values(account_id=account_id, **values)
        .on_conflict_do_update(index_elements=[AccountAvatar.account_id], set_=values)
    )
    return True


async def delete_avatar(session: AsyncSession, account_id: UUID) -> bool:
    """Delete an account's avatar; tell whether there was one."""
    await _set_avatar_hash(session, account_id, None)
    removed = await session.scalar(
        delete(AccountAvatar)
        .where(AccountAvatar.account_id == account_id)
        .returning(AccountAvatar.account_id)
    )
    return removed is not None


async def find_picture(session: AsyncSession, content_hash: str, size: int) -> bytes | None:
    """Return the bytes of a picture by its hash and size, or None if no account has it as its avatar."""
    return await session.scalar(
        select(COLUMN_OF_SIZE[size]).where(AccountAvatar.hash == content_hash).limit(1)
    )


async def is_avatar_shown(session: AsyncSession, content_hash: str) -> bool:
    found = await session.scalar(select(exists().where(AccountAvatar.hash == content_hash)))
    return bool(found)


async def _set_avatar_hash(
    session: AsyncSession, account_id: UUID, content_hash: str | None
) -> bool:
    named = await session.scalar(
        update(Account)
        .where(Account.id == account_id)
        .values(avatar=content_hash)
        .returning(Account.id)
    )
    return named is not None
