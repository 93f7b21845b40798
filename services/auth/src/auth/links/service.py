"""Creates, finds and uses email links; each link works once.

All code that changes a link locks its account first, as account deletion does. This order prevents deadlocks, and of
fifty requests with one link only the first uses it.
"""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import emails
from auth.accounts import queries as accounts
from auth.accounts.models import Account
from auth.links.errors import LinkOver, LinkUnknown
from auth.links.models import MailLink
from auth.links.purposes import CHANGE, LIFETIMES
from auth.sessions.errors import SessionOver
from transcendence_common.database import TimedSession

TOKEN_BYTES = 32


class NewLink(msgspec.Struct, frozen=True):
    """A new link to send; its token is stored nowhere else."""

    token: str
    expires_at: datetime


class PresentedLink(msgspec.Struct, frozen=True):
    """A link that was presented, and its account."""

    account_id: UUID
    username: str
    email: str
    """The address that the link was sent to."""
    email_key: str
    account_email: str
    account_email_verified: bool
    expires_at: datetime
    over_at: datetime | None


async def make_link(session: TimedSession, account_id: UUID, purpose: str, email: str) -> NewLink:
    """Create a link to send to an address, and cancel older ones of its purpose.

    Raises:
        SessionOver: the account was deleted in the meantime.
    """
    if not await accounts.lock_account(session, account_id):
        raise SessionOver
    await cancel_links(session, account_id, purpose)
    new = NewLink(secrets.token_urlsafe(TOKEN_BYTES), session.now + LIFETIMES[purpose])
    link = {
        "digest": _digest(new.token),
        "account_id": account_id,
        "purpose": purpose,
        "email": email,
        "email_key": emails.email_key_of(email),
        "created_at": session.now,
        "expires_at": new.expires_at,
    }
    await session.execute(insert(MailLink).values(link))
    return new


async def find_valid_link(session: TimedSession, token: str, purpose: str) -> PresentedLink:
    """Return the link of a token and a purpose, if it can be used now. It is not used up.

    Raises:
        LinkUnknown: there is no such link.
        LinkOver: the link was used, replaced or cancelled, or has expired.
    """
    link = await _find_link(session, _digest(token), purpose)
    if link is None:
        raise LinkUnknown
    if link.over_at is not None or link.expires_at <= session.now:
        raise LinkOver
    return link


async def use_link(session: TimedSession, token: str, purpose: str) -> PresentedLink:
    """Use up a link, and return it with the account's current data. The account stays locked.

    Raises:
        LinkUnknown: there is no such link.
        LinkOver: the link was used, possibly by a parallel request, replaced or cancelled, or has expired.
    """
    found = await find_valid_link(session, token, purpose)
    if not await accounts.lock_account(session, found.account_id):
        raise LinkUnknown
    used = await session.scalar(
        update(MailLink)
        .where(MailLink.digest == _digest(token), MailLink.over_at.is_(None))
        .values(over_at=session.now)
        .returning(MailLink.digest)
    )
    link = await _find_link(session, _digest(token), purpose)
    if used is None or link is None:
        raise LinkOver
    return link


async def cancel_links(session: TimedSession, account_id: UUID, *purposes: str) -> None:
    """Cancel an account's open links of the given purposes."""
    await session.execute(
        update(MailLink)
        .where(
            MailLink.account_id == account_id,
            MailLink.purpose.in_(purposes),
            MailLink.over_at.is_(None),
        )
        .values(over_at=session.now)
    )


async def find_pending_email(session: TimedSession, account_id: UUID) -> str | None:
    """Return the new address that waits for its confirmation link, if there is one."""
    return await session.scalar(
        select(MailLink.email).where(
            MailLink.account_id == account_id,
            MailLink.purpose == CHANGE,
            MailLink.over_at.is_(None),
            MailLink.expires_at > session.now,
        )
    )


async def _find_link(session: AsyncSession, digest: bytes, purpose: str) -> PresentedLink | None:
    statement = (
        select(
            MailLink.account_id,
            Account.username,
            MailLink.email,
            MailLink.email_key,
            Account.email,
            Account.email_verified_at.is_not(None),
            MailLink.expires_at,
            MailLink.over_at,
        )
        .join(Account, Account.id == MailLink.account_id)
        .where(MailLink.digest == digest, MailLink.purpose == purpose)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else PresentedLink(*row)


def _digest(token: str) -> bytes:
    """Return the digest that is stored of a token. A plain hash is enough, because 256 random bits cannot be
    guessed."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
