"""Errors of passkeys."""

from uuid import UUID

from auth.sessions.errors import BEARER_CHALLENGE
from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, NotFound, Problem


class PasskeyRefused(Problem):
    """The passkey is unknown, wrongly signed, for another challenge or site, or too late; the text is the same for
    each."""

    code = AuthCode.PASSKEY_REFUSED
    status = 401
    title_text = "Passkey refused"

    def __init__(self, reason: str, account_id: UUID | None = None) -> None:
        """Create the error. `reason` and the owner's account ID are for logs; the client does not get them."""
        super().__init__("This passkey was not accepted. Try again.", headers=BEARER_CHALLENGE)
        self.reason = reason
        self.account_id = account_id


class PasskeyNotAdded(Problem):
    """The browser's answer does not match the ceremony."""

    code = AuthCode.PASSKEY_REFUSED
    title_text = "Passkey not added"

    def __init__(self) -> None:
        super().__init__("We could not add the passkey. Try again.")


class PasskeyKnown(Conflict):
    """The passkey is already registered."""

    code = AuthCode.PASSKEY_KNOWN
    title_text = "This passkey is in use"

    def __init__(self) -> None:
        super().__init__("This passkey has already been added.")


class TooManyPasskeys(Conflict):
    """The account has the maximum number of passkeys."""

    code = AuthCode.TOO_MANY_PASSKEYS
    title_text = "Too many passkeys"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} passkeys. Remove one first.")


class NoSuchPasskey(NotFound):
    """The passkey does not exist or belongs to another account."""

    code = AuthCode.NO_SUCH_PASSKEY
    title_text = "No such passkey"

    def __init__(self) -> None:
        super().__init__("You have no such passkey.")
