"""Passkeys on the wire. Options and credentials are WebAuthn's own JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

WebAuthnJson = Annotated[
    dict[str, object], msgspec.Meta(description="As `PublicKeyCredential` writes and reads it")
]


class CeremonyOptions(msgspec.Struct, frozen=True):
    """The options for the browser's `navigator.credentials`; `ceremony` is sent back with its answer."""

    ceremony: str
    public_key: WebAuthnJson


class PasskeyAssertion(msgspec.Struct, frozen=True):
    """A passkey used to sign in or to confirm."""

    ceremony: str
    credential: WebAuthnJson


class NewPasskey(msgspec.Struct, frozen=True):
    """A passkey that a browser has just created."""

    ceremony: str
    credential: WebAuthnJson
    name: str = ""


class PasskeyName(msgspec.Struct, frozen=True):
    """The owner's name for a passkey."""

    name: str = ""


class PasskeyView(msgspec.Struct, frozen=True):
    """A passkey of the caller."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Passkeys(msgspec.Struct, frozen=True):
    """The caller's passkeys, oldest first."""

    items: list[PasskeyView]
