"""Errors of removing a sign-in method."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict


class LastSignInMethod(Conflict):
    """The account's owner could not sign in without this sign-in method."""

    code = AuthCode.LAST_WAY_IN
    title_text = "Your last sign-in method"

    def __init__(self) -> None:
        super().__init__(
            "You need at least one sign-in method. Set a password or add another method first."
        )
