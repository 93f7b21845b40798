"""What can go wrong with accounts."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, FieldError, Forbidden, NotFound, Unavailable


class NameTaken(Conflict):
    """Somebody has this name, or one that differs only in case or form."""

    code = AuthCode.NAME_TAKEN
    title_text = "That name is taken"

    def __init__(self, username: str) -> None:
        message = f"The name {username} is taken; choose another."
        super().__init__(message, errors=(FieldError("username", message),))


class NoSuchPlayer(NotFound):
    """Nobody has this name."""

    code = AuthCode.NO_SUCH_PLAYER
    title_text = "No such player"

    def __init__(self) -> None:
        super().__init__("There is no player of this name.")


class TooManyPasswords(Unavailable):
    """More people sign in or register than passwords can be checked."""

    code = AuthCode.BUSY
    title_text = "Too many people at the door"

    def __init__(self) -> None:
        super().__init__("Many people are signing in right now; please try again in a moment.")


class WrongPassword(Forbidden):
    """Signed in, and asked for the password once more."""

    code = AuthCode.WRONG_PASSWORD
    title_text = "Wrong password"

    def __init__(self, field: str = "password") -> None:
        message = "This is not your password."
        super().__init__(message, errors=(FieldError(field, message),))
