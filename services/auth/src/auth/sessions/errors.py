"""What can go wrong with signing in and staying signed in."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem

BEARER_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class WrongCredentials(Problem):
    """The same words for a wrong password and for a name that nobody has."""

    code = AuthCode.WRONG_CREDENTIALS
    status = 401
    title_text = "Not signed in"

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.", headers=BEARER_CHALLENGE)


class SessionOver(Problem):
    """The refresh token is unknown, used before, or of a session that is over: the same words for each."""

    code = AuthCode.SESSION_OVER
    status = 401
    title_text = "Sign in again"

    def __init__(self) -> None:
        super().__init__("Your session has ended. Sign in again.", headers=BEARER_CHALLENGE)


class ConfirmationRequired(Forbidden):
    """Signed in, but too long ago for what is asked."""

    code = AuthCode.CONFIRMATION_REQUIRED
    title_text = "Confirm that it is you"

    def __init__(self) -> None:
        super().__init__("Confirm that it is you first.")


class NoSuchSession(NotFound):
    """It is somebody else's, has ended, or never was: the same words for each."""

    code = AuthCode.NO_SUCH_SESSION
    title_text = "No such session"

    def __init__(self) -> None:
        super().__init__("This session does not exist, or has already ended.")


class NoPassword(Conflict):
    """The account has no password to confirm with."""

    code = AuthCode.NO_PASSWORD
    title_text = "You have no password"

    def __init__(self) -> None:
        super().__init__("You have no password. Confirm with another sign-in method.")
