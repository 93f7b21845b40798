"""What can go wrong with passkeys."""

from uuid import UUID

from auth.sessions.errors import BEARER_CHALLENGE
from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, NotFound, Problem


class PasskeyRefused(Problem):
    """Unknown, wrongly signed, for another challenge or site, or too late: the same words for each."""

    code = AuthCode.PASSKEY_REFUSED
    status = 401
    title_text = "Passkey refused"

    def __init__(self, reason: str, account_id: UUID | None = None) -> None:
        """`reason`, and whose passkey it is, are for operators; the caller is not told."""
        super().__init__("This passkey was not accepted. Try again.", headers=BEARER_CHALLENGE)
        self.reason = reason
        self.account_id = account_id


class PasskeyNotAdded(Problem):
    """What the browser made is not an answer to what was asked."""

    code = AuthCode.PASSKEY_REFUSED
    title_text = "Passkey not added"

    def __init__(self) -> None:
        super().__init__("We could not add the passkey. Try again.")


class PasskeyKnown(Conflict):
    """It is somebody's already."""

    code = AuthCode.PASSKEY_KNOWN
    title_text = "This passkey is in use"

    def __init__(self) -> None:
        super().__init__("This passkey has already been added.")


class TooManyPasskeys(Conflict):
    """There is no room for another."""

    code = AuthCode.TOO_MANY_PASSKEYS
    title_text = "Too many passkeys"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} passkeys. Remove one first.")


class NoSuchPasskey(NotFound):
    """It is not one's own, or not there."""

    code = AuthCode.NO_SUCH_PASSKEY
    title_text = "No such passkey"

    def __init__(self) -> None:
        super().__init__("You have no such passkey.")
