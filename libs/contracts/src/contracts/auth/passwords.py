"""Password changes on the wire. A missing field counts as empty, as in `Registration`."""

from typing import Annotated

import msgspec


class PasswordResetRequest(msgspec.Struct, frozen=True):
    """A request for an e-mail with a link to reset the password."""

    email: Annotated[str, msgspec.Meta(description="Needed")] = ""


class PasswordReset(msgspec.Struct, frozen=True):
    """A new password, with the token of an email link."""

    token: Annotated[str, msgspec.Meta(description="Needed; from the link in the e-mail")] = ""
    password: Annotated[str, msgspec.Meta(description="Needed; 8 to 128 characters")] = ""


class PasswordChange(msgspec.Struct, frozen=True):
    """A new password for the caller."""

    password: Annotated[str, msgspec.Meta(description="Needed; 8 to 128 characters")] = ""
    current_password: Annotated[
        str | None, msgspec.Meta(description="Needed by everybody who has a password")
    ] = None
