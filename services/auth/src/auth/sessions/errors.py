"""Errors of signing in and of sessions."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem

BEARER_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class WrongCredentials(Problem):
    """Name or password is wrong. The text is the same for a wrong password and for an unknown name."""

    code = AuthCode.WRONG_CREDENTIALS
    status = 401
    title_text = "Not signed in"

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.", headers=BEARER_CHALLENGE)


class SessionOver(Problem):
    """The refresh token is unknown, was used before, or belongs to an ended session; the text is the same for each."""

    code = AuthCode.SESSION_OVER
    status = 401
    title_text = "Sign in again"

    def __init__(self) -> None:
        super().__init__("Your session has ended. Sign in again.", headers=BEARER_CHALLENGE)


class ConfirmationRequired(Forbidden):
    """The session is open, but was last confirmed too long ago for this request."""

    code = AuthCode.CONFIRMATION_REQUIRED
    title_text = "Confirm that it is you"

    def __init__(self) -> None:
        super().__init__("Confirm that it is you first.")


class NoSuchSession(NotFound):
    """The session belongs to another account, has ended, or never existed; the text is the same for each."""

    code = AuthCode.NO_SUCH_SESSION
    title_text = "No such session"

    def __init__(self) -> None:
        super().__init__("This session does not exist, or has already ended.")


class NoPassword(Conflict):
    """The account has no password to reauthenticate with."""

    code = AuthCode.NO_PASSWORD
    title_text = "You have no password"

    def __init__(self) -> None:
        super().__init__("You have no password. Confirm with another sign-in method.")
