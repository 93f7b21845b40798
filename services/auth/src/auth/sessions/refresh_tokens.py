"""Refresh tokens: random values of 256 bits. Pure functions, except for the randomness of the first token."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

TOKEN_BYTES = 32


def new_random_token() -> str:
    return _as_base64url(secrets.token_bytes(TOKEN_BYTES))


def derive_successor(token: str, secret: bytes, steps: int = 1) -> str:
    """Return the refresh token that follows another one after a number of renewals.

    Tokens are derived, so that parallel requests get the same one although only digests are stored. A database dump
    contains no token, and the next token cannot be derived without the secret.
    """
    for _ in range(steps):
        token = _as_base64url(hmac.digest(secret, token.encode(), "sha256"))
    return token


def token_digest(token: str) -> bytes:
    """Return the digest that is stored of a token. A plain hash is enough, because 256 random bits cannot be
    guessed."""
    return hashlib.sha256(token.encode()).digest()


def _as_base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
