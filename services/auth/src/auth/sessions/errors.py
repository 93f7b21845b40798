"""What can go wrong with signing in and staying signed in."""

from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem

BEARER_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class WrongCredentials(Problem):
    """The same words for a wrong password and for a name that nobody has."""

    code = "wrong_credentials"
    status = 401
    title_text = "Not signed in"

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.", headers=BEARER_CHALLENGE)


class SessionOver(Problem):
    """The refresh token is unknown, used before, or of a session that is over: the same words for each."""

    code = "session_over"
    status = 401
    title_text = "Sign in again"

    def __init__(self) -> None:
        super().__init__("This session is over; sign in again.", headers=BEARER_CHALLENGE)


class ConfirmationRequired(Forbidden):
    """Signed in, but too long ago for what is asked."""

    code = "confirmation_required"
    title_text = "Confirm that it is you"

    def __init__(self) -> None:
        super().__init__("This needs you to confirm first that it is you.")


class NoSuchSession(NotFound):
    """It is somebody else's, has ended, or never was: the same words for each."""

    code = "no_such_session"
    title_text = "No such session"

    def __init__(self) -> None:
        super().__init__("You have no such session; perhaps it has ended.")


class NoPassword(Conflict):
    """The account has no password to confirm with."""

    code = "no_password"
    title_text = "You have no password"

    def __init__(self) -> None:
        super().__init__("You have no password; confirm in the way in which you sign in.")
