"""A person's profile at a provider, in the form common to all providers."""

from typing import Annotated

import msgspec

LONGEST_SUBJECT = 255
"""Characters; the maximum by OpenID Connect."""
LONGEST_LABEL = 254

Subject = Annotated[str, msgspec.Meta(pattern=rf"\A[^\x00-\x1f\x7f]{{1,{LONGEST_SUBJECT}}}\Z")]
NumericId = Annotated[int, msgspec.Meta(gt=0)]


class Profile(msgspec.Struct, frozen=True):
    """A person as the provider describes them.

    `subject` is permanent, while names and addresses are reassigned. `verified_email` is an address that the provider
    has verified and that is valid for an account here. `label` is shown only to the person.
    """

    subject: str
    label: str
    verified_email: str | None
    suggested_name: str


def as_label(text: str) -> str:
    """Return a label that can be stored, and shown on one line."""
    return "".join(each for each in text if each.isprintable())[:LONGEST_LABEL]
