"""Errors of email links."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import NotFound, Problem


class LinkUnknown(NotFound):
    """The link was never sent, is incomplete or of another kind, its account is gone, or it was deleted long after its
    end."""

    code = AuthCode.LINK_UNKNOWN
    title_text = "Unknown link"

    def __init__(self) -> None:
        super().__init__("We do not know this link. Copy the whole link from the email.")


class LinkOver(Problem):
    """The link was valid before, but has expired, was used, or was replaced."""

    code = AuthCode.LINK_OVER
    status = 410
    title_text = "This link has expired"

    def __init__(self) -> None:
        super().__init__("This link has expired, was already used, or was replaced by a newer one.")
