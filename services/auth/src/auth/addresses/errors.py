"""What can go wrong with addresses."""

from transcendence_common.problems import Conflict


class EmailVerified(Conflict):
    """There is nothing to verify."""

    code = "email_verified"
    title_text = "Your address is verified"

    def __init__(self) -> None:
        super().__init__("Your e-mail address is verified already.")
