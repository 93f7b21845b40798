"""Queries on accounts' addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import null, update
from sqlalchemy.exc import IntegrityError

from auth.accounts import emails
from auth.accounts.models import VERIFIED_EMAIL_INDEX, Account
from auth.addresses.errors import EmailTaken
from transcendence_common.database import TimedSession


async def mark_email_verified(session: TimedSession, account_id: UUID, email_key: str) -> bool:
    """Mark an account's address as verified; tell whether the address was still the account's and unverified.

    Raises:
        EmailTaken: another account verified it in the meantime.
    """
    statement = (
        update(Account)
        .where(
            Account.id == account_id,
            Account.email_key == email_key,
            Account.email_verified_at.is_(None),
        )
        .values(email_verified_at=session.now, expires_at=null())
        .returning(Account.id)
    )
    with _refusing_taken_addresses():
        return await session.scalar(statement) is not None


async def change_email(session: TimedSession, account_id: UUID, email: str) -> None:
    """Give an account another, verified address.

    Raises:
        EmailTaken: another account verified it in the meantime.
    """
    statement = (
        update(Account)
        .where(Account.id == account_id)
        .values(
            email=email,
            email_key=emails.email_key_of(email),
            email_verified_at=session.now,
            expires_at=null(),
        )
    )
    with _refusing_taken_addresses():
        await session.execute(statement)


@contextmanager
def _refusing_taken_addresses() -> Iterator[None]:
    """Translate a violation of the index of verified addresses into EmailTaken."""
    try:
        yield
    except IntegrityError as error:
        if VERIFIED_EMAIL_INDEX in str(error.orig):
            # Without the cause, because the database's message contains the address.
            raise EmailTaken from None
        raise
