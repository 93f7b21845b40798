"""What happens to accounts: one call records it for the owner, logs it for operators, and mails a notice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.events import AccountAction, AccountEffect, Proof, note_account, note_proof
from auth.mail.letters import Notice
from auth.mail.post import Post
from auth.security_log import actions
from auth.security_log.record import SecurityLog, record
from auth.sessions.devices import device_name
from auth.sessions.live import SignedIn
from transcendence_common.caller import Caller


class Event(NamedTuple):
    """What an event yields beside its entry in the security log."""

    action: str
    """In the security log; a letter is worded by it, too (`mail/notice_words.py`)."""
    proof: Proof | None = None
    account: AccountAction | None = None
    """Under which of the two names it is logged for operators."""
    effect: AccountEffect = "change"
    letter: bool = False


SIGNED_IN: Final = Event(actions.SIGNED_IN, proof="user-login")
SECOND_FACTOR_FAILED: Final = Event(actions.SECOND_FACTOR_FAILED, proof="user-login")
CONFIRMED: Final = Event(actions.CONFIRMED, proof="user-confirm")
CONFIRMATION_FAILED: Final = Event(actions.CONFIRMATION_FAILED, proof="user-confirm")
REGISTERED: Final = Event(actions.REGISTERED, account="user-register", effect="creation")
EMAIL_VERIFIED: Final = Event(actions.EMAIL_VERIFIED, account="user-email-verify")
EMAIL_CHANGE_ASKED: Final = Event(
    actions.EMAIL_CHANGE_ASKED, account="user-email-change-ask", effect="info", letter=True
)
EMAIL_CHANGED: Final = Event(actions.EMAIL_CHANGED, account="user-email-change", letter=True)
PASSWORD_CHANGED: Final = Event(
    actions.PASSWORD_CHANGED, account="user-password-change", letter=True
)
PASSWORD_RESET_ASKED: Final = Event(
    actions.PASSWORD_RESET_ASKED, account="user-password-reset-ask", effect="info"
)
PASSWORD_RESET: Final = Event(actions.PASSWORD_RESET, account="user-password-reset", letter=True)
TWO_FACTOR_ENABLED: Final = Event(
    actions.TWO_FACTOR_ENABLED, account="two-factor-enable", letter=True
)
TWO_FACTOR_DISABLED: Final = Event(
    actions.TWO_FACTOR_DISABLED, account="two-factor-disable", letter=True
)
RECOVERY_CODES_RENEWED: Final = Event(
    actions.RECOVERY_CODES_RENEWED, account="recovery-codes-renew", letter=True
)
RECOVERY_CODE_USED: Final = Event(
    actions.RECOVERY_CODE_USED, account="recovery-code-use", letter=True
)
PASSKEY_ADDED: Final = Event(actions.PASSKEY_ADDED, account="passkey-add", letter=True)
PASSKEY_REMOVED: Final = Event(actions.PASSKEY_REMOVED, account="passkey-remove", letter=True)
IDENTITY_LINKED: Final = Event(actions.IDENTITY_LINKED, account="identity-link", letter=True)
IDENTITY_UNLINKED: Final = Event(actions.IDENTITY_UNLINKED, account="identity-unlink", letter=True)
DATA_EXPORTED: Final = Event(
    actions.DATA_EXPORTED, account="user-export", effect="info", letter=True
)


class Owner(NamedTuple):
    """Whose account it is."""

    account_id: UUID
    username: str = ""
    verified_email: str | None = None
    """None: an address that nobody has verified is perhaps a stranger's, and gets no letter."""


class AccountEvents:
    """Records an event in the security log, logs it for operators, and mails the owner a notice."""

    def __init__(self, security_log: SecurityLog, post: Post) -> None:
        self._security_log = security_log
        self._post = post

    async def happened(
        self,
        session: AsyncSession,
        event: Event,
        owner: Owner,
        caller: Caller,
        now: datetime,
        *,
        method: str = "",
        provider: str = "",
        told: str = "",
        detail: Mapping[str, str] | None = None,
    ) -> None:
        """Tell what was done, in the transaction that does it: entry and letter are there if it is committed.

        Args:
            session: the transaction.
            event: one of the table above.
            owner: whose account.
            caller: from where it was done.
            now: when.
            method: in the operators' line, how somebody showed who they are.
            provider: in the operators' line, the provider's id.
            told: in the letter, what else the owner should know.
            detail: in the security log; shown to the owner.
        """
        await record(session, owner.account_id, event.action, caller, now, **(detail or {}))
        if event.letter and owner.verified_email is not None:
            letter = Notice(
                username=owner.username,
                action=event.action,
                at=now.isoformat(),
                device=device_name(caller.user_agent),
                address=caller.address,
                detail=told,
            )
            await self._post.send(session, owner.verified_email, letter)
        _log(event, owner.account_id, caller, method=method, provider=provider)

    async def failed(
        self,
        event: Event,
        account_id: UUID,
        caller: Caller,
        now: datetime,
        *,
        method: str,
        reason: str,
        detail: Mapping[str, str] | None = None,
    ) -> None:
        """Tell what was refused, in a transaction of its own: it outlives the request's, which is rolled back.

        Call it while the request's transaction has no connection.
        """
        await self._security_log.record_alone(
            account_id, event.action, caller, now, **(detail or {})
        )
        _log(event, account_id, caller, method=method, reason=reason)


def owner_of(person: SignedIn) -> Owner:
    """Return the owner who is signed in."""
    email = person.email if person.email_verified else None
    return Owner(person.account_id, person.username, email)


def _log(
    event: Event,
    account_id: UUID,
    caller: Caller,
    *,
    method: str = "",
    provider: str = "",
    reason: str = "",
) -> None:
    if event.proof is not None:
        note_proof(event.proof, account_id, caller, method=method, reason=reason)
    if event.account is not None:
        note_account(
            event.account,
            account_id,
            caller,
            effect=event.effect,
            method=method,
            provider=provider,
            reason=reason,
        )
