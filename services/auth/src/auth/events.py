"""Log events of accounts for operators: one per event, with IDs only.

They contain no names, no email addresses, nothing that was typed, and only the client's network address.
"""

from ipaddress import ip_address
from typing import Literal
from uuid import UUID

import structlog

from transcendence_common.caller import Caller

Proof = Literal["user-login", "user-challenge", "user-confirm"]
"""A sign-in, a challenge for a second factor, or a reauthentication on an open session."""

AccountAction = Literal[
    "user-register",
    "user-delete",
    "user-export",
    "user-email-verify",
    "user-email-change-ask",
    "user-email-change",
    "user-password-change",
    "user-password-reset-ask",
    "user-password-reset",
    "two-factor-enable",
    "two-factor-disable",
    "recovery-codes-renew",
    "recovery-code-use",
    "passkey-add",
    "passkey-remove",
    "identity-link",
    "identity-unlink",
    "profile-change",
    "avatar-change",
    "avatar-remove",
]
AccountEffect = Literal["creation", "change", "deletion", "info"]

logger = structlog.get_logger("auth.events")


def log_authentication(
    action: Proof,
    account_id: UUID | None,
    caller: Caller,
    *,
    method: str,
    reason: str = "",
) -> None:
    """Log a sign-in or a reauthentication with its method and origin; with a reason if it failed."""
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["authentication"],
            "event.type": ["start" if action == "user-login" else "info"],
            **_outcome_fields(reason),
            "labels.method": method,
            **_user_field(account_id),
            **client_address_field(caller),
        },
    )


def log_account_event(
    action: AccountAction,
    account_id: UUID | None,
    caller: Caller | None = None,
    *,
    effect: AccountEffect = "change",
    reason: str = "",
    method: str = "",
    provider: str = "",
) -> None:
    """Log an action on an account; with a reason if it failed."""
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["iam"],
            "event.type": ["user", effect],
            **_outcome_fields(reason),
            **_user_field(account_id),
            **({"labels.method": method} if method else {}),
            **({"labels.provider": provider} if provider else {}),
            **(client_address_field(caller) if caller else {}),
        },
    )


def client_address_field(caller: Caller) -> dict[str, str]:
    """Return the field with the client's address, or none if it is malformed, because a search index would reject
    it."""
    # A zone, as in `fe80::1%eth0`, has a meaning on one machine only.
    address = caller.address.partition("%")[0]
    try:
        return {"client.ip": str(ip_address(address))}
    except ValueError:
        return {}


def _outcome_fields(reason: str) -> dict[str, str]:
    if not reason:
        return {"event.outcome": "success"}
    return {"event.outcome": "failure", "event.reason": reason}


def _user_field(account_id: UUID | None) -> dict[str, str]:
    return {} if account_id is None else {"user.id": str(account_id)}
