"""Queries on passkeys and their ceremonies."""

from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.passkeys.models import Ceremony
from auth.sign_in_methods.models import Passkey
from contracts.auth.passkeys import PasskeyView
from transcendence_common.database import TimedSession

VIEW_COLUMNS = (Passkey.id, Passkey.name, Passkey.created_at, Passkey.last_used_at)


class StoredPasskey(msgspec.Struct, frozen=True):
    """The data of a passkey that is needed to verify a signature."""

    id: UUID
    account_id: UUID
    public_key: bytes
    sign_count: int


async def take_ceremony(
    session: TimedSession, digest: bytes, purpose: str, session_id: UUID | None
) -> bytes | None:
    """Delete a ceremony and return its challenge, or None if there is none or another request took it first."""
    return await session.scalar(
        delete(Ceremony)
        .where(
            Ceremony.digest == digest,
            Ceremony.purpose == purpose,
            Ceremony.session_id.is_not_distinct_from(session_id),
            Ceremony.expires_at > session.now,
        )
        .returning(Ceremony.challenge)
    )


async def delete_expired_ceremonies(session: TimedSession) -> None:
    await session.execute(delete(Ceremony).where(Ceremony.expires_at <= session.now))


async def credential_ids_of(session: AsyncSession, account_id: UUID) -> list[bytes]:
    found = await session.scalars(
        select(Passkey.credential_id).where(Passkey.account_id == account_id)
    )
    return list(found)


async def count_passkeys(session: AsyncSession, account_id: UUID) -> int:
    """Count an account's passkeys. The caller has locked the account, so that no passkey is added in the meantime."""
    found = await session.scalar(select(func.count()).where(Passkey.account_id == account_id))
    return found or 0


async def insert_passkey_unless_known(session: AsyncSession, passkey: dict[str, object]) -> bool:
    statement = insert(Passkey).values(passkey).on_conflict_do_nothing().returning(Passkey.id)
    return await session.scalar(statement) is not None


async def find_by_credential(session: AsyncSession, credential_id: bytes) -> StoredPasskey | None:
    row = (
        await session.execute(
            select(Passkey.id, Passkey.account_id, Passkey.public_key, Passkey.sign_count).where(
                Passkey.credential_id == credential_id
            )
        )
    ).one_or_none()
    return None if row is None else StoredPasskey(*row)


async def record_use(session: TimedSession, passkey: StoredPasskey, count: int) -> bool:
    """Store a passkey's new signature counter and the time of its use; tell whether the passkey still exists and was
    not used in the meantime."""
    used = await session.scalar(
        update(Passkey)
        .where(Passkey.id == passkey.id, Passkey.sign_count == passkey.sign_count)
        .values(sign_count=count, last_used_at=session.now)
        .returning(Passkey.id)
    )
    return used is not None


async def list_passkeys(session: AsyncSession, account_id: UUID) -> list[PasskeyView]:
    rows = await session.execute(
        select(*VIEW_COLUMNS).where(Passkey.account_id == account_id).order_by(Passkey.id)
    )
    return [PasskeyView(*row) for row in rows]


async def rename_passkey(
    session: AsyncSession, account_id: UUID, passkey_id: UUID, name: str
) -> PasskeyView | None:
    row = (
        await session.execute(
            update(Passkey)
            .where(Passkey.id == passkey_id, Passkey.account_id == account_id)
            .values(name=name)
            .returning(*VIEW_COLUMNS)
        )
    ).one_or_none()
    return None if row is None else PasskeyView(*row)


async def delete_passkey(session: AsyncSession, account_id: UUID, passkey_id: UUID) -> str | None:
    """Delete a passkey and return its name, or None if the account has no such passkey."""
    return await session.scalar(
        delete(Passkey)
        .where(Passkey.id == passkey_id, Passkey.account_id == account_id)
        .returning(Passkey.name)
    )
