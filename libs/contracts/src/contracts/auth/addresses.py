"""Verification and change of e-mail addresses on the wire."""

from typing import Annotated

import msgspec


class VerifiedAccount(msgspec.Struct, frozen=True):
    """The account whose address has been verified."""

    username: str


class EmailChangeRequest(msgspec.Struct, frozen=True):
    """A request to change the address. A missing field counts as empty, as in `Registration`."""

    email: Annotated[str, msgspec.Meta(description="Needed")] = ""
    password: Annotated[
        str | None, msgspec.Meta(description="Needed by everybody who has a password")
    ] = None
