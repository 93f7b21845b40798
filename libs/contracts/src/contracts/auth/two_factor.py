"""Two-factor authentication on the wire."""

from datetime import datetime
from typing import Annotated

import msgspec

PasswordIfSet = Annotated[
    str | None, msgspec.Meta(description="Needed where the account has one; else confirm first")
]
TypedCode = Annotated[str, msgspec.Meta(description="Needed; six digits, or a recovery code")]


class TwoFactorStatus(msgspec.Struct, frozen=True):
    """Whether two-factor authentication is enabled."""

    enabled: bool
    enabled_at: datetime | None
    recovery_codes_left: int


class TwoFactorSetupRequest(msgspec.Struct, frozen=True):
    """A request for a secret."""

    password: PasswordIfSet = None


class TwoFactorSetup(msgspec.Struct, frozen=True):
    """A secret for an authenticator app; `qr_svg` shows `uri`. It takes effect with its first code."""

    secret: str
    uri: str
    qr_svg: str


class PasswordAndCode(msgspec.Struct, frozen=True):
    """A password and a code; a missing code counts as empty, as in `Credentials`."""

    password: PasswordIfSet = None
    code: TypedCode = ""


class RecoveryCodes(msgspec.Struct, frozen=True):
    """New recovery codes, shown once; only their digests are stored."""

    recovery_codes: list[str]


class SecondFactorAnswer(msgspec.Struct, frozen=True):
    """The answer to a challenge; both fields are needed."""

    challenge: Annotated[str, msgspec.Meta(description="Needed")] = ""
    code: TypedCode = ""
