"""What is asked of accounts about their addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import null, update
from sqlalchemy.exc import IntegrityError

from auth.accounts import emails
from auth.accounts.models import VERIFIED_ADDRESSES, Account
from auth.addresses.errors import EmailTaken
from transcendence_common.database import TimedSession


async def verify(session: TimedSession, account_id: UUID, email_key: str) -> bool:
    """Make an address its account's own; tell whether it is still the address of the account, and was nobody's.

    Raises:
        EmailTaken: another account has verified it meanwhile.
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


async def change(session: TimedSession, account_id: UUID, email: str) -> None:
    """Give an account another address, which is verified.

    Raises:
        EmailTaken: another account has verified it meanwhile.
    """
    statement = (
        update(Account)
        .where(Account.id == account_id)
        .values(
            email=email,
            email_key=emails.key_of(email),
            email_verified_at=session.now,
            expires_at=null(),
        )
    )
    with _refusing_taken_addresses():
        await session.execute(statement)


@contextmanager
def _refusing_taken_addresses() -> Iterator[None]:
    """Turn the refusal of the database, whose index settles who was first, into ours."""
    try:
        yield
    except IntegrityError as error:
        if VERIFIED_ADDRESSES in str(error.orig):
            # Without its cause: the database's words hold the address.
            raise EmailTaken from None
        raise
