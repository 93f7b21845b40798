"""Queries on identities and on visits to providers."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.oauth.models import SIGN_IN, Flow
from auth.oauth.provider_sign_in import ProviderSignIn
from auth.sign_in_methods.models import Identity
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.ids import new_id


class CompletedFlow(msgspec.Struct, frozen=True):
    """A visit that was completed; no other request can complete it again."""

    provider: str
    intent: str
    next: str | None


class StoredIdentity(msgspec.Struct, frozen=True):
    """An identity as shown to its owner."""

    provider: str
    label: str
    linked_at: datetime


async def take_flow(
    session: TimedSession, digest: bytes, visitor: Player | None
) -> CompletedFlow | None:
    """Delete a visit and return it, or None if there is none, it is another session's, or another request took it
    first."""
    whose = Flow.intent == SIGN_IN
    if visitor is not None:
        whose = or_(whose, Flow.session_id == visitor.session_id)
    row = (
        await session.execute(
            delete(Flow)
            .where(Flow.digest == digest, Flow.expires_at > session.now, whose)
            .returning(Flow.provider, Flow.intent, Flow.next)
        )
    ).one_or_none()
    return None if row is None else CompletedFlow(*row)


async def delete_expired_flows(session: TimedSession) -> None:
    await session.execute(delete(Flow).where(Flow.expires_at <= session.now))


async def find_owner(session: AsyncSession, provider_sign_in: ProviderSignIn) -> UUID | None:
    """Return the ID of the account that an identity is linked to, or None."""
    return await session.scalar(
        select(Identity.account_id).where(
            Identity.provider == provider_sign_in.provider,
            Identity.subject == provider_sign_in.profile.subject,
        )
    )


async def insert_identity_unless_taken(
    session: TimedSession, account_id: UUID, provider_sign_in: ProviderSignIn
) -> bool:
    """Link an identity; tell whether it was stored. The unique constraints decide, after waiting for parallel
    inserts."""
    statement = (
        insert(Identity)
        .values(
            id=new_id(),
            account_id=account_id,
            provider=provider_sign_in.provider,
            subject=provider_sign_in.profile.subject,
            label=provider_sign_in.profile.label,
            linked_at=session.now,
        )
        .on_conflict_do_nothing()
        .returning(Identity.id)
    )
    return await session.scalar(statement) is not None


async def list_identities(session: AsyncSession, account_id: UUID) -> list[StoredIdentity]:
    rows = await session.execute(
        select(Identity.provider, Identity.label, Identity.linked_at)
        .where(Identity.account_id == account_id)
        .order_by(Identity.id)
    )
    return [StoredIdentity(*row) for row in rows]


async def delete_identity(session: AsyncSession, account_id: UUID, provider: str) -> bool:
    """Unlink an identity; tell whether there was one."""
    removed = await session.scalar(
        delete(Identity)
        .where(Identity.account_id == account_id, Identity.provider == provider)
        .returning(Identity.id)
    )
    return removed is not None
