"""What passkeys look like on the wire. Options and credentials are WebAuthn's own JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

WebAuthnJson = Annotated[
    dict[str, object], msgspec.Meta(description="As `PublicKeyCredential` writes and reads it")
]


class CeremonyOptions(msgspec.Struct, frozen=True):
    """What the browser's `navigator.credentials` is given; `ceremony` comes back with its answer."""

    ceremony: str
    public_key: WebAuthnJson


class ShownPasskey(msgspec.Struct, frozen=True):
    """A passkey that is shown to get in, or to confirm."""

    ceremony: str
    credential: WebAuthnJson


class NewPasskey(msgspec.Struct, frozen=True):
    """A passkey that a browser has just made."""

    ceremony: str
    credential: WebAuthnJson
    name: str = ""


class PasskeyName(msgspec.Struct, frozen=True):
    """What its owner calls it."""

    name: str = ""


class PasskeyView(msgspec.Struct, frozen=True):
    """One of one's own passkeys."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Passkeys(msgspec.Struct, frozen=True):
    """All of one's own, oldest first."""

    items: list[PasskeyView]
