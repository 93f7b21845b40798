"""Nobody loses their last way into their own account."""

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts import queries
from auth.accounts.models import Account
from auth.sign_in_methods.errors import LastWayIn
from auth.sign_in_methods.models import Identity, Passkey


async def keep_a_way_in(session: AsyncSession, account_id: UUID) -> None:
    """Return if a way in is left after what the transaction has removed so far.

    The account is held until the transaction ends, so two removals side by side look one after the other, and the
    second sees what the first has removed. Whoever calls this holds it before they remove anything: deleting the
    account and linking lock its row first, too.

    Raises:
        LastWayIn: none is left; raising it brings back what was removed.
    """
    await queries.hold(session, account_id)
    ways = or_(
        Account.password_hash.is_not(None),
        exists().where(Identity.account_id == account_id),
        exists().where(Passkey.account_id == account_id),
    )
    left = await session.scalar(select(ways).where(Account.id == account_id))
    if not left:
        raise LastWayIn
