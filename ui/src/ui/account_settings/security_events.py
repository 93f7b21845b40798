"""Texts of the security log's entries."""

from datetime import datetime
from typing import Final

import msgspec

from contracts.auth.privacy import SecurityEventView

ACTION_TEXTS: Final = {
    "registered": "Account created",
    "signed_in": "Signed in",
    "sign_in_failed": "Failed sign-in",
    "second_factor_failed": "Correct password, wrong second factor",
    "new_device": "Sign-in from a new device",
    "confirmed": "Confirmed it’s you",
    "confirmation_failed": "Failed to confirm it’s you",
    "signed_out": "Signed out",
    "session_revoked": "Session ended in the settings",
    "other_sessions_revoked": "All other sessions ended in the settings",
    "token_reused": "Session ended because its key was used twice",
    "email_verified": "Email address verified",
    "email_change_asked": "New email address entered",
    "email_changed": "Email address changed",
    "password_changed": "Password changed",
    "password_reset_asked": "Password reset requested by email",
    "password_reset": "Password reset by email",
    "two_factor_enabled": "Two-factor sign-in turned on",
    "two_factor_disabled": "Two-factor sign-in turned off",
    "recovery_codes_renewed": "New recovery codes created",
    "recovery_code_used": "Recovery code used",
    "passkey_added": "Passkey added",
    "passkey_removed": "Passkey removed",
    "identity_linked": "External account linked",
    "identity_unlinked": "External account unlinked",
    "data_exported": "Data downloaded",
}
METHOD_TEXTS: Final = {
    "password": "with the password",
    "passkey": "with a passkey",
    "code": "with a code",
    "oauth:42": "with 42",
    "oauth:github": "with GitHub",
    "oauth:google": "with Google",
}
ALARMING_ACTIONS: Final = frozenset(
    {
        "sign_in_failed",
        "second_factor_failed",
        "confirmation_failed",
        "token_reused",
        "two_factor_disabled",
    }
)
"""Actions that the owner should check if they did not do them."""


class ShownSecurityEvent(msgspec.Struct, frozen=True):
    """An entry of the security log as shown."""

    text: str
    alarming: bool
    at: datetime
    address: str
    device: str


def shown_security_events(events: list[SecurityEventView]) -> list[ShownSecurityEvent]:
    return [
        ShownSecurityEvent(
            text=_event_text(event),
            alarming=event.action in ALARMING_ACTIONS,
            at=event.at,
            address=event.address,
            device=event.device,
        )
        for event in events
    ]


def _event_text(event: SecurityEventView) -> str:
    # An action that this version does not know is better named roughly than left out.
    words = ACTION_TEXTS.get(event.action) or event.action.replace("_", " ").capitalize()
    detail = event.detail
    which = detail.get("name") or detail.get("provider")
    left, count = detail.get("left"), detail.get("count")
    parts = [
        words,
        METHOD_TEXTS.get(detail.get("method", ""), ""),
        f"({which})" if which else "",
        f"({left} left)" if left else "",
        f"({count})" if count else "",
    ]
    return " ".join(part for part in parts if part)
