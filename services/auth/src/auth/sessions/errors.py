"""What can go wrong with signing in and staying signed in."""

from transcendence_common.problems import Problem

CHALLENGE = {"WWW-Authenticate": "Bearer"}


class WrongCredentials(Problem):
    """The same words for a wrong password and for a name that nobody has."""

    code = "wrong_credentials"
    status = 401
    title_text = "Not signed in"

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.", headers=CHALLENGE)


class SessionOver(Problem):
    """The refresh token is unknown, used before, or of a session that is over: the same words for each."""

    code = "session_over"
    status = 401
    title_text = "Sign in again"

    def __init__(self) -> None:
        super().__init__("This session is over; sign in again.", headers=CHALLENGE)
