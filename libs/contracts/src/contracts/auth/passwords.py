"""What choosing passwords looks like on the wire. A field left out is an empty one, as in `Registration`."""

from typing import Annotated

import msgspec


class ResetRequest(msgspec.Struct, frozen=True):
    """Asks for a letter with a link."""

    email: Annotated[str, msgspec.Meta(description="Needed")] = ""


class Reset(msgspec.Struct, frozen=True):
    """Chooses a password with a link."""

    token: Annotated[str, msgspec.Meta(description="Needed; from the link in the letter")] = ""
    password: Annotated[str, msgspec.Meta(description="Needed; 8 to 128 characters")] = ""


class PasswordChange(msgspec.Struct, frozen=True):
    """Chooses another password."""

    password: Annotated[str, msgspec.Meta(description="Needed; 8 to 128 characters")] = ""
    current_password: Annotated[
        str | None, msgspec.Meta(description="Needed by everybody who has a password")
    ] = None
