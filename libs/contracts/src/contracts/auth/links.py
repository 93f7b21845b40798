"""Email links on the wire."""

from typing import Annotated

import msgspec


class LinkToken(msgspec.Struct, frozen=True):
    """The token of an email link; a missing one counts as unknown."""

    token: Annotated[str, msgspec.Meta(description="Needed; from the link in the e-mail")] = ""
