"""Account events: one call records an event for the owner, logs it for operators, and emails a notice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from auth.events import AccountAction, AccountEffect, Proof, log_account_event, log_authentication
from auth.mail.mailer import Mailer
from auth.mail.messages import Notice
from auth.security_log import actions
from auth.security_log.record import SecurityLog, record_action
from auth.sessions.devices import device_name
from auth.sessions.live import SignedIn
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


class Event(NamedTuple):
    """How an event is recorded: always in the security log, and once in the service's log."""

    action: str
    """The action's name in the security log, which also selects the text of the notice (`mail/notice_words.py`)."""
    proof: Proof | None = None
    """The `event.action` in the service's log, for a sign-in or a reauthentication."""
    account: AccountAction | None = None
    """The `event.action` in the service's log, for a change of the account. An event has one of the two."""
    effect: AccountEffect = "change"
    """The second `event.type` of a change of the account."""
    mailed: bool = False
    """Whether a notice is emailed to the owner's verified address."""


SIGNED_IN: Final = Event(actions.SIGNED_IN, proof="user-login")
SECOND_FACTOR_FAILED: Final = Event(actions.SECOND_FACTOR_FAILED, proof="user-login")
CONFIRMED: Final = Event(actions.CONFIRMED, proof="user-confirm")
CONFIRMATION_FAILED: Final = Event(actions.CONFIRMATION_FAILED, proof="user-confirm")
REGISTERED: Final = Event(actions.REGISTERED, account="user-register", effect="creation")
EMAIL_VERIFIED: Final = Event(actions.EMAIL_VERIFIED, account="user-email-verify")
EMAIL_CHANGE_ASKED: Final = Event(
    actions.EMAIL_CHANGE_ASKED, account="user-email-change-ask", effect="info", mailed=True
)
EMAIL_CHANGED: Final = Event(actions.EMAIL_CHANGED, account="user-email-change", mailed=True)
PASSWORD_CHANGED: Final = Event(
    actions.PASSWORD_CHANGED, account="user-password-change", mailed=True
)
PASSWORD_RESET_ASKED: Final = Event(
    actions.PASSWORD_RESET_ASKED, account="user-password-reset-ask", effect="info"
)
PASSWORD_RESET: Final = Event(actions.PASSWORD_RESET, account="user-password-reset", mailed=True)
TWO_FACTOR_ENABLED: Final = Event(
    actions.TWO_FACTOR_ENABLED, account="two-factor-enable", mailed=True
)
TWO_FACTOR_DISABLED: Final = Event(
    actions.TWO_FACTOR_DISABLED, account="two-factor-disable", mailed=True
)
RECOVERY_CODES_RENEWED: Final = Event(
    actions.RECOVERY_CODES_RENEWED, account="recovery-codes-renew", mailed=True
)
RECOVERY_CODE_USED: Final = Event(
    actions.RECOVERY_CODE_USED, account="recovery-code-use", mailed=True
)
PASSKEY_ADDED: Final = Event(actions.PASSKEY_ADDED, account="passkey-add", mailed=True)
PASSKEY_REMOVED: Final = Event(actions.PASSKEY_REMOVED, account="passkey-remove", mailed=True)
IDENTITY_LINKED: Final = Event(actions.IDENTITY_LINKED, account="identity-link", mailed=True)
IDENTITY_UNLINKED: Final = Event(actions.IDENTITY_UNLINKED, account="identity-unlink", mailed=True)
DATA_EXPORTED: Final = Event(
    actions.DATA_EXPORTED, account="user-export", effect="info", mailed=True
)


class AccountOwner(NamedTuple):
    """The account that an event concerns, and the address for its notice."""

    account_id: UUID
    username: str
    """Shown in the notice; unused for an event without one."""
    verified_email: str | None
    """None if no address is verified: an unverified address may be a stranger's, so no email is sent to it."""


class AccountEvents:
    """Records events in the security log, logs them for operators, and emails notices to owners."""

    def __init__(self, security_log: SecurityLog, mailer: Mailer) -> None:
        self._security_log = security_log
        self._mailer = mailer

    async def record(
        self,
        session: TimedSession,
        event: Event,
        owner: AccountOwner,
        caller: Caller,
        *,
        method: str = "",
        provider: str = "",
        mail_detail: str = "",
        detail: Mapping[str, str] | None = None,
    ) -> None:
        """Record an event in the caller's transaction.

        The entry and the email exist once the transaction is committed; the log line is written at once.

        Args:
            session: the caller's transaction.
            event: one of the events above.
            owner: the account.
            caller: the request's device and address.
            method: the sign-in method, for the log line.
            provider: the id of the identity provider, for the log line.
            mail_detail: one more fact for the email.
            detail: facts for the security log, which the owner can read.
        """
        await record_action(session, owner.account_id, event.action, caller, **(detail or {}))
        if event.mailed and owner.verified_email is not None:
            notice = Notice(
                username=owner.username,
                action=event.action,
                at=session.now.isoformat(),
                device=device_name(caller.user_agent),
                address=caller.address,
                detail=mail_detail,
            )
            await self._mailer.send(session, owner.verified_email, notice)
        _log_event(event, owner.account_id, caller, method=method, provider=provider)

    async def record_failure(
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
        """Record a refused attempt in a transaction of its own, which outlives the rollback of the request's.

        Call it while the request's transaction has no connection: waiting for a second one can deadlock the pool.
        """
        await self._security_log.record_alone(
            account_id, event.action, caller, now, **(detail or {})
        )
        _log_event(event, account_id, caller, method=method, reason=reason)


def account_owner_of(person: SignedIn) -> AccountOwner:
    """Return a signed-in player's account as an event needs it."""
    email = person.email if person.email_verified else None
    return AccountOwner(person.account_id, person.username, email)


def _log_event(
    event: Event,
    account_id: UUID,
    caller: Caller,
    *,
    method: str = "",
    provider: str = "",
    reason: str = "",
) -> None:
    if event.proof is not None:
        log_authentication(event.proof, account_id, caller, method=method, reason=reason)
    if event.account is not None:
        log_account_event(
            event.account,
            account_id,
            caller,
            effect=event.effect,
            method=method,
            provider=provider,
        )
