"""Makes administrators, from the command line only: no request can."""

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.models import ADMIN, Account
from transcendence_common.names import key_of


async def set_admin(session: AsyncSession, username: str, *, admin: bool) -> bool:
    """Give or take the role; tell whether there is such an account. It counts from the next token on."""
    without = func.array_remove(Account.roles, ADMIN)
    found = await session.scalar(
        update(Account)
        .where(Account.username_key == key_of(username))
        .values(roles=func.array_append(without, ADMIN) if admin else without)
        .returning(Account.id)
    )
    return found is not None
