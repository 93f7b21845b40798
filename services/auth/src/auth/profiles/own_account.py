"""The data of their own account that a player gets."""

from sqlalchemy import func, select

from auth.accounts.models import Account
from auth.accounts.queries import ROLES_IN_TOKENS
from auth.links import service as links
from auth.sessions.errors import SessionOver
from auth.sessions.live import SignedIn
from auth.two_factor import queries as two_factor
from contracts.auth.accounts import OwnAccount
from transcendence_common.database import TimedSession


async def describe_account(session: TimedSession, person: SignedIn) -> OwnAccount:
    """Return the data of the player's own account.

    Raises:
        SessionOver: the account was deleted in the meantime.
    """
    statement = select(
        func.coalesce(Account.display_name, Account.username),
        Account.email,
        Account.email_verified_at.is_not(None),
        ROLES_IN_TOKENS,
        Account.created_at,
        Account.expires_at,
        Account.password_hash.is_not(None),
        Account.avatar,
    ).where(Account.id == person.account_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise SessionOver
    display_name, email, email_verified, roles, created_at, expires_at, has_password, avatar = row
    return OwnAccount(
        id=person.account_id,
        username=person.username,
        display_name=display_name,
        email=email,
        email_verified=email_verified,
        pending_email=await links.find_pending_email(session, person.account_id),
        roles=roles,
        created_at=created_at,
        expires_at=expires_at,
        has_password=has_password,
        two_factor=await two_factor.is_enabled(session, person.account_id),
        avatar=avatar,
    )
