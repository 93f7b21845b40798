"""What is done with accounts, as lines for operators: one for each thing that happened, by ids alone.

Nobody's name, nobody's mail address, nothing that was typed; of network addresses only the one that asks.
"""

from ipaddress import ip_address
from typing import Literal
from uuid import UUID

import structlog

from transcendence_common.caller import Caller

Proof = Literal["user-login", "user-challenge", "user-confirm"]
"""Somebody shows who they are to come in, is asked for a second factor, or shows it again on an open session."""

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


def note_proof(
    action: Proof,
    account_id: UUID | None,
    caller: Caller,
    *,
    method: str,
    reason: str = "",
) -> None:
    """Log who showed who they are, how, and from where; with a reason it was not enough."""
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["authentication"],
            "event.type": ["start" if action == "user-login" else "info"],
            **_outcome(reason),
            "labels.method": method,
            **_user(account_id),
            **client_of(caller),
        },
    )


def note_account(
    action: AccountAction,
    account_id: UUID | None,
    caller: Caller | None = None,
    *,
    effect: AccountEffect = "change",
    reason: str = "",
    method: str = "",
    provider: str = "",
) -> None:
    """Log what was done to an account; with a reason it was not done."""
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["iam"],
            "event.type": ["user", effect],
            **_outcome(reason),
            **_user(account_id),
            **({"labels.method": method} if method else {}),
            **({"labels.provider": provider} if provider else {}),
            **(client_of(caller) if caller else {}),
        },
    )


def client_of(caller: Caller) -> dict[str, str]:
    """Return the field with the address that asks; none where it is no address, which an index would refuse."""
    # A zone, as in `fe80::1%eth0`, means something on one machine only.
    address = caller.address.partition("%")[0]
    try:
        return {"client.ip": str(ip_address(address))}
    except ValueError:
        return {}


def _outcome(reason: str) -> dict[str, str]:
    if not reason:
        return {"event.outcome": "success"}
    return {"event.outcome": "failure", "event.reason": reason}


def _user(account_id: UUID | None) -> dict[str, str]:
    return {} if account_id is None else {"user.id": str(account_id)}
