"""Errors of accounts."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, FieldError, Forbidden, NotFound, Unavailable


class NameTaken(Conflict):
    """An account has this name, or one that differs only in case or Unicode form."""

    code = AuthCode.NAME_TAKEN
    title_text = "This name is taken"

    def __init__(self, username: str) -> None:
        message = f"The name {username} is taken. Choose another."
        super().__init__(message, errors=(FieldError("username", message),))


class NoSuchPlayer(NotFound):
    """No account has this name."""

    code = AuthCode.NO_SUCH_PLAYER
    title_text = "No such player"

    def __init__(self) -> None:
        super().__init__("This player does not exist.")


class TooManyPasswords(Unavailable):
    """The queue for password hashing is full."""

    code = AuthCode.BUSY
    title_text = "Too many sign-ins right now"

    def __init__(self) -> None:
        super().__init__("Too many people are signing in right now. Try again in a moment.")


class WrongPassword(Forbidden):
    """A signed-in player entered a wrong password for a reauthentication."""

    code = AuthCode.WRONG_PASSWORD
    title_text = "Wrong password"

    def __init__(self, field: str = "password") -> None:
        message = "This password is wrong."
        super().__init__(message, errors=(FieldError(field, message),))
