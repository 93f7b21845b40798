"""Refresh tokens: 256 bits that only their holder knows. Pure, but for the first one's randomness."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

TOKEN_BYTES = 32


def new_token() -> str:
    return _as_text(secrets.token_bytes(TOKEN_BYTES))


def successor(token: str, secret: bytes, steps: int = 1) -> str:
    """Return the token that follows, some steps on.

    It is derived, so that requests side by side get the same one although only digests are stored. Whoever has the
    database has no token; whoever has a token cannot derive the next one without the secret.
    """
    for _ in range(steps):
        token = _as_text(hmac.digest(secret, token.encode(), "sha256"))
    return token


def digest(token: str) -> bytes:
    """Return what is stored of a token. A plain hash will do: nobody guesses 256 bits."""
    return hashlib.sha256(token.encode()).digest()


def _as_text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
