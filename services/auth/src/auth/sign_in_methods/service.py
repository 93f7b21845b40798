"""Prevents the removal of an account's last sign-in method."""

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import queries
from auth.accounts.models import Account
from auth.sign_in_methods.errors import LastSignInMethod
from auth.sign_in_methods.models import Identity, Passkey


async def require_sign_in_method(session: AsyncSession, account_id: UUID) -> None:
    """Raise unless a sign-in method is left after the removals of this transaction.

    The account is locked until the transaction ends, so of two parallel removals the second sees what the first has
    removed. The caller locks it before the removal, as account deletion and linking do.

    Raises:
        LastSignInMethod: none is left; the exception rolls the removal back.
    """
    await queries.lock_account(session, account_id)
    ways = or_(
        Account.password_hash.is_not(None),
        exists().where(Identity.account_id == account_id),
        exists().where(Passkey.account_id == account_id),
    )
    left = await session.scalar(select(ways).where(Account.id == account_id))
    if not left:
        raise LastSignInMethod
