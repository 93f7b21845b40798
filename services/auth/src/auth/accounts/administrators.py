"""Grants and revokes the administrator role. Only the command line calls this; no request can."""

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.models import ADMIN, Account
from transcendence_common.names import name_key


async def set_admin(session: AsyncSession, username: str, *, admin: bool) -> bool:
    """Grant or revoke the administrator role; tell whether the account exists. Access tokens carry it from the next one
    on."""
    without = func.array_remove(Account.roles, ADMIN)
    found = await session.scalar(
        update(Account)
        .where(Account.username_key == name_key(username))
        .values(roles=func.array_append(without, ADMIN) if admin else without)
        .returning(Account.id)
    )
    return found is not None
