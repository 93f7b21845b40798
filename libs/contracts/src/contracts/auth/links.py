"""What links look like on the wire."""

from typing import Annotated

import msgspec


class LinkToken(msgspec.Struct, frozen=True):
    """The end of a link; one left out leads nowhere, like any other that is not ours."""

    token: Annotated[str, msgspec.Meta(description="Needed; from the link in the letter")] = ""
