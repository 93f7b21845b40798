"""Actions in an account's security log. The names are stored in the database and must not change."""

from typing import Final

REGISTERED: Final = "registered"
SIGNED_IN: Final = "signed_in"
SIGN_IN_FAILED: Final = "sign_in_failed"
SECOND_FACTOR_FAILED: Final = "second_factor_failed"
NEW_DEVICE: Final = "new_device"
CONFIRMED: Final = "confirmed"
CONFIRMATION_FAILED: Final = "confirmation_failed"
SIGNED_OUT: Final = "signed_out"
SESSION_REVOKED: Final = "session_revoked"
OTHER_SESSIONS_REVOKED: Final = "other_sessions_revoked"
TOKEN_REUSED: Final = "token_reused"  # noqa: S105 - an action
EMAIL_VERIFIED: Final = "email_verified"
EMAIL_CHANGE_ASKED: Final = "email_change_asked"
EMAIL_CHANGED: Final = "email_changed"
PASSWORD_CHANGED: Final = "password_changed"  # noqa: S105 - an action
PASSWORD_RESET_ASKED: Final = "password_reset_asked"  # noqa: S105 - an action
PASSWORD_RESET: Final = "password_reset"  # noqa: S105 - an action
TWO_FACTOR_ENABLED: Final = "two_factor_enabled"
TWO_FACTOR_DISABLED: Final = "two_factor_disabled"
RECOVERY_CODES_RENEWED: Final = "recovery_codes_renewed"
RECOVERY_CODE_USED: Final = "recovery_code_used"
PASSKEY_ADDED: Final = "passkey_added"
PASSKEY_REMOVED: Final = "passkey_removed"
IDENTITY_LINKED: Final = "identity_linked"
IDENTITY_UNLINKED: Final = "identity_unlinked"
DATA_EXPORTED: Final = "data_exported"
