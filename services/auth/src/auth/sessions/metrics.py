"""What is counted of signing in."""

from prometheus_client import Counter

SUCCESS = "success"
CHALLENGED = "challenged"
WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a result
UNKNOWN_ACCOUNT = "unknown_account"
THROTTLED = "throttled"
BUSY = "busy"

SIGN_INS = Counter(
    "auth_sign_ins",
    "Attempts to sign in with a password by how they ended",
    ["result"],
)
"""The constants above; `challenged` asked for a second factor, whatever became of that."""
