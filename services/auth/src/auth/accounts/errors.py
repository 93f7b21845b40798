"""What can go wrong with accounts."""

from transcendence_common.problems import Conflict, FieldError, NotFound, Unavailable


class NameTaken(Conflict):
    """Somebody has this name, or one that differs only in case or form."""

    code = "name_taken"
    title_text = "That name is taken"

    def __init__(self, username: str) -> None:
        message = f"The name {username} is taken; choose another."
        super().__init__(message, errors=(FieldError("username", message),))


class EmailTaken(Conflict):
    """There is an account with this address.

    This tells a stranger that the address has an account. It is said all the same until addresses are verified by
    mail: whoever mistyped theirs would otherwise wait for nothing. Asking costs: a free name is needed each time
    (a taken one is reported first), and each miss leaves an account behind under the gateway's rate limit.
    """

    code = "email_taken"
    title_text = "There is an account with that address"

    def __init__(self) -> None:
        message = "There is an account with this e-mail address; sign in instead."
        super().__init__(message, errors=(FieldError("email", message),))


class NoSuchPlayer(NotFound):
    """Nobody has this name."""

    code = "no_such_player"
    title_text = "No such player"

    def __init__(self) -> None:
        super().__init__("There is no player of this name.")


class TooManyPasswords(Unavailable):
    """More people sign in or register than passwords can be checked."""

    code = "busy"
    title_text = "Too many people at the door"

    def __init__(self) -> None:
        super().__init__("Many people are signing in right now; please try again in a moment.")
