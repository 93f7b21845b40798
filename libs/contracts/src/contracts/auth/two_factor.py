"""What a second factor looks like on the wire."""

from datetime import datetime
from typing import Annotated

import msgspec

Password = Annotated[
    str | None, msgspec.Meta(description="Needed where the account has one; else confirm first")
]
TypedCode = Annotated[str, msgspec.Meta(description="Needed; six digits, or a recovery code")]


class TwoFactorStatus(msgspec.Struct, frozen=True):
    """Whether a second factor is asked for."""

    enabled: bool
    enabled_at: datetime | None
    recovery_codes_left: int


class SetupRequest(msgspec.Struct, frozen=True):
    """Asks for a secret."""

    password: Password = None


class Setup(msgspec.Struct, frozen=True):
    """A secret to put into an app; `qr_svg` shows `uri`. It counts for nothing before its first code."""

    secret: str
    uri: str
    qr_svg: str


class Proof(msgspec.Struct, frozen=True):
    """A password and a code; a code left out is an empty one, as in `Credentials`."""

    password: Password = None
    code: TypedCode = ""


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Shown once; only their digests are stored."""

    recovery_codes: list[str]


class ChallengeAnswer(msgspec.Struct, frozen=True):
    """Answers a challenge; both are needed."""

    challenge: Annotated[str, msgspec.Meta(description="Needed")] = ""
    code: TypedCode = ""
