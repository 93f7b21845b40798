"""What can go wrong with accounts."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, FieldError, Forbidden, NotFound, Unavailable


class NameTaken(Conflict):
    """Somebody has this name, or one that differs only in case or form."""

    code = AuthCode.NAME_TAKEN
    title_text = "This name is taken"

    def __init__(self, username: str) -> None:
        message = f"The name {username} is taken. Choose another."
        super().__init__(message, errors=(FieldError("username", message),))


class NoSuchPlayer(NotFound):
    """Nobody has this name."""

    code = AuthCode.NO_SUCH_PLAYER
    title_text = "No such player"

    def __init__(self) -> None:
        super().__init__("This player does not exist.")


class TooManyPasswords(Unavailable):
    """More people sign in or register than passwords can be checked."""

    code = AuthCode.BUSY
    title_text = "Too many sign-ins right now"

    def __init__(self) -> None:
        super().__init__("Too many people are signing in right now. Try again in a moment.")


class WrongPassword(Forbidden):
    """Signed in, and asked for the password once more."""

    code = AuthCode.WRONG_PASSWORD
    title_text = "Wrong password"

    def __init__(self, field: str = "password") -> None:
        message = "This password is wrong."
        super().__init__(message, errors=(FieldError(field, message),))
