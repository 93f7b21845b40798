"""Errors of addresses."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict


class EmailVerified(Conflict):
    """The account's address is already verified."""

    code = AuthCode.EMAIL_VERIFIED
    title_text = "Your address is verified"

    def __init__(self) -> None:
        super().__init__("Your email address is already verified.")


class EmailTaken(Conflict):
    """Another account has verified this address.

    Only a reader of the address can get this answer, because it needs a link sent there.
    """

    code = AuthCode.EMAIL_TAKEN
    title_text = "This address has an account"

    def __init__(self) -> None:
        super().__init__("Another account already has this email address. Sign in to that account.")
