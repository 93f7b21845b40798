"""Exports all data that auth stores about a player, as readable rows.

Values that only prove or protect something (hashes, sealed secrets, public keys) are left out, because they contain no
information about the player.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Executable, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from auth.accounts.models import Account
from auth.friends.models import Block, Friendship, Presence
from auth.links.models import MailLink
from auth.oauth.models import Flow
from auth.passkeys.models import Ceremony
from auth.profiles.models import AccountAvatar
from auth.security_log.models import SecurityEvent
from auth.sessions.models import KnownDevice, Session, SignInChallenge
from auth.sign_in_methods.models import Identity, Passkey
from auth.two_factor.models import RecoveryCode, TwoFactor

Row = dict[str, object]

COLUMNS_BY_ACCOUNT: dict[str, Sequence[InstrumentedAttribute[object]]] = {
    "sessions": (
        Session.id,
        Session.user_agent,
        Session.address,
        Session.created_at,
        Session.confirmed_at,
        Session.renewed_at,
        Session.expires_at,
        Session.ended_at,
        Session.end_reason,
    ),
    "devices": (KnownDevice.first_seen_at, KnownDevice.last_seen_at),
    "security_events": (
        SecurityEvent.action,
        SecurityEvent.at,
        SecurityEvent.address,
        SecurityEvent.user_agent,
        SecurityEvent.detail,
    ),
    "passkeys": (Passkey.name, Passkey.created_at, Passkey.last_used_at),
    "identities": (Identity.provider, Identity.subject, Identity.label, Identity.linked_at),
    "two_factor": (TwoFactor.set_up_at, TwoFactor.enabled_at),
    "recovery_codes": (RecoveryCode.used_at,),
    "sign_ins_waiting": (SignInChallenge.method, SignInChallenge.expires_at),
    "mail_links": (
        MailLink.purpose,
        MailLink.email,
        MailLink.created_at,
        MailLink.expires_at,
        MailLink.over_at,
    ),
    "presence": (Presence.expires_at,),
    "avatar": (AccountAvatar.hash, AccountAvatar.webp_512),
}
"""Exported columns of tables that belong to one account, by their names in the export."""

COLUMNS_BY_SESSION: dict[str, Sequence[InstrumentedAttribute[object]]] = {
    "passkey_ceremonies": (Ceremony.purpose, Ceremony.expires_at),
    "provider_visits": (Flow.provider, Flow.intent, Flow.expires_at),
}
"""Exported columns of tables that belong to one account through its sessions."""

ACCOUNT_COLUMNS = (
    Account.id,
    Account.username,
    Account.display_name,
    Account.bio,
    Account.email,
    Account.email_verified_at,
    Account.expires_at,
    Account.roles,
    Account.created_at,
)


async def export_account(session: AsyncSession, account_id: UUID) -> Row:
    """Return all data that auth stores about a player in plain values; pictures are in Base64."""
    account = await _fetch_rows(session, select(*ACCOUNT_COLUMNS).where(Account.id == account_id))
    found: Row = {"account": account[0] if account else None}
    for name, columns in COLUMNS_BY_ACCOUNT.items():
        owner = columns[0].class_.account_id
        found[name] = await _fetch_rows(session, select(*columns).where(owner == account_id))
    own_sessions = select(Session.id).where(Session.account_id == account_id)
    for name, columns in COLUMNS_BY_SESSION.items():
        belongs = columns[0].class_.session_id.in_(own_sessions)
        found[name] = await _fetch_rows(session, select(*columns).where(belongs))
    found["friends"] = await _fetch_rows(session, _select_friendships(account_id))
    found["blocked"] = await _fetch_rows(session, _select_blocks(account_id))
    return found


def _select_friendships(account_id: UUID) -> Executable:
    """Select friends and requests by player name, because IDs of other players mean nothing to the reader."""
    other = case((Friendship.low_id == account_id, Friendship.high_id), else_=Friendship.low_id)
    return (
        select(
            Account.username,
            case((Friendship.asked_by == account_id, "me"), else_="them").label("asked_by"),
            Friendship.asked_at,
            Friendship.accepted_at,
        )
        .select_from(Friendship)
        .join(Account, Account.id == other)
        .where(or_(Friendship.low_id == account_id, Friendship.high_id == account_id))
    )


def _select_blocks(account_id: UUID) -> Executable:
    """Select the players whom the account blocks. Blocks by other players are their data."""
    return (
        select(Account.username, Block.blocked_at)
        .join(Block, Block.blocked_id == Account.id)
        .where(Block.blocker_id == account_id)
    )


async def _fetch_rows(session: AsyncSession, statement: Executable) -> list[Row]:
    return [dict(row) for row in (await session.execute(statement)).mappings()]
