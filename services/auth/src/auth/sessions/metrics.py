"""What is counted of signing in."""

from prometheus_client import Counter

SIGN_INS = Counter(
    "auth_sign_ins",
    "Attempts to sign in by how they ended",
    ["result"],
)
"""`success`, `wrong_password`, `unknown_account`, `busy`."""
