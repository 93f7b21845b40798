"""Who somebody is at a provider, in the form that all providers are brought to."""

from typing import Annotated

import msgspec

LONGEST_SUBJECT = 255
"""Characters, by OpenID Connect."""
LONGEST_LABEL = 254

Subject = Annotated[str, msgspec.Meta(pattern=rf"\A[^\x00-\x1f\x7f]{{1,{LONGEST_SUBJECT}}}\Z")]
NumericId = Annotated[int, msgspec.Meta(gt=0)]


class Profile(msgspec.Struct, frozen=True):
    """What a provider vouches for.

    `subject` is theirs for ever, where names and addresses change hands. `verified_email` is an address that the
    provider knows to be theirs and that could be an account's here. `label` is shown to them and nobody else.
    """

    subject: str
    label: str
    verified_email: str | None
    suggested_name: str


def as_label(text: str) -> str:
    """Return it in a form that can be stored, and shown on one line."""
    return "".join(each for each in text if each.isprintable())[:LONGEST_LABEL]
