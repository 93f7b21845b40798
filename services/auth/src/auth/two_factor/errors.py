"""Errors of two-factor authentication."""

from typing import cast
from uuid import UUID

from auth.sessions.errors import BEARER_CHALLENGE
from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, FieldError, Forbidden, InvalidFields, Problem

WRONG_CODE_TEXT = "This code is wrong or was already used."


class NotACode(InvalidFields):
    """The input is malformed, so it does not count as an attempt."""

    def __init__(self) -> None:
        message = "Enter the six digits from your app, or a recovery code."
        super().__init__(FieldError("code", message))


class WrongCode(Forbidden):
    """A signed-in player entered a wrong code."""

    code = AuthCode.WRONG_CODE
    title_text = "Wrong code"

    def __init__(self) -> None:
        super().__init__(WRONG_CODE_TEXT, errors=(FieldError("code", WRONG_CODE_TEXT),))


class WrongSignInCode(Problem):
    """A wrong code was entered during sign-in; `attempts_left` is the number of answers that the challenge still
    accepts."""

    code = AuthCode.WRONG_CODE
    status = 401
    title_text = "Wrong code"

    def __init__(self, attempts_left: int) -> None:
        super().__init__(
            WRONG_CODE_TEXT, errors=(FieldError("code", WRONG_CODE_TEXT),), headers=BEARER_CHALLENGE
        )
        self.extra = {**cast("dict[str, object]", self.extra), "attempts_left": attempts_left}


class ChallengeOver(Problem):
    """The challenge is unknown, expired, answered, or out of attempts; the text is the same for each."""

    code = AuthCode.CHALLENGE_OVER
    status = 401
    title_text = "Sign in again"

    def __init__(self) -> None:
        super().__init__(
            "This took too long, or you entered too many wrong codes. Sign in again.",
            headers=BEARER_CHALLENGE,
        )


class TwoFactorOn(Conflict):
    """Two-factor authentication is already enabled for this account."""

    code = AuthCode.TWO_FACTOR_ON
    title_text = "Two-factor sign-in is on"

    def __init__(self) -> None:
        super().__init__("Two-factor sign-in is already on.")


class TwoFactorOff(Conflict):
    """Two-factor authentication is not enabled for this account."""

    code = AuthCode.TWO_FACTOR_OFF
    title_text = "Two-factor sign-in is off"

    def __init__(self) -> None:
        super().__init__("Two-factor sign-in is off.")


class NoSetup(Conflict):
    """A first code was sent before a secret was set up."""

    code = AuthCode.NO_SETUP
    title_text = "Set it up first"

    def __init__(self) -> None:
        super().__init__("Set up two-factor sign-in first.")


class UndecryptableSecret(Exception):
    """AUTH_ENCRYPTION_KEY does not decrypt a stored secret; recovery codes still work."""

    def __init__(self, account_id: UUID) -> None:
        super().__init__(
            f"AUTH_ENCRYPTION_KEY does not open the second factor of account {account_id}: add the key that it was "
            "stored with after a comma"
        )
