"""What can go wrong with a link."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import NotFound, Problem


class LinkUnknown(NotFound):
    """It was never sent, is cut off, or is of another kind; or the account is gone, or it was over long ago."""

    code = AuthCode.LINK_UNKNOWN
    title_text = "Unknown link"

    def __init__(self) -> None:
        super().__init__("We do not know this link. Copy the whole link from the email.")


class LinkOver(Problem):
    """It was good once."""

    code = AuthCode.LINK_OVER
    status = 410
    title_text = "This link has expired"

    def __init__(self) -> None:
        super().__init__("This link has expired, was already used, or was replaced by a newer one.")
