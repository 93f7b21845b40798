"""What verifying and changing an address looks like on the wire."""

from typing import Annotated

import msgspec


class Verified(msgspec.Struct, frozen=True):
    """Whose address it is from now on."""

    username: str


class EmailChange(msgspec.Struct, frozen=True):
    """Asks for another address. A field left out is an empty one, as in `Registration`."""

    email: Annotated[str, msgspec.Meta(description="Needed")] = ""
    password: Annotated[
        str | None, msgspec.Meta(description="Needed by everybody who has a password")
    ] = None
