"""Secrets of one visit to a provider. Pure functions, except for the token's randomness.

The browser stores the flow's token in a cookie, the database its digest. State, nonce and PKCE verifier are HMACs of
the token: they need not be stored, and one of them, seen in a URL, does not reveal the others.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

import msgspec

TOKEN_BYTES = 32
STATE_PURPOSE = "state"


class Visit(msgspec.Struct, frozen=True):
    """The values sent to the provider and expected back."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str

    @property
    def pkce_challenge(self) -> str:
        """The PKCE challenge (S256), sent first; the verifier is sent with the code."""
        return _as_base64url(hashlib.sha256(self.verifier.encode()).digest())


def new_flow_token() -> str:
    return _as_base64url(secrets.token_bytes(TOKEN_BYTES))


def flow_digest(flow: str) -> bytes:
    """Return the digest that is stored of a flow's token. A plain hash is enough, because 256 random bits cannot be
    guessed."""
    return hashlib.sha256(flow.encode(errors="replace")).digest()


def is_state_of(flow: str, state: str) -> bool:
    """Tell whether a returned state is the one that the flow was started with."""
    return hmac.compare_digest(
        _derive_value(flow, STATE_PURPOSE).encode(), state.encode(errors="replace")
    )


def derive_visit(flow: str, redirect_uri: str) -> Visit:
    return Visit(
        redirect_uri,
        state=_derive_value(flow, STATE_PURPOSE),
        nonce=_derive_value(flow, "nonce"),
        verifier=_derive_value(flow, "code verifier"),
    )


def _derive_value(flow: str, purpose: str) -> str:
    return _as_base64url(hmac.digest(flow.encode(errors="replace"), purpose.encode(), "sha256"))


def _as_base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
