"""What can go wrong with a second factor."""

from typing import cast
from uuid import UUID

from auth.sessions.errors import BEARER_CHALLENGE
from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, FieldError, Forbidden, InvalidFields, Problem

WRONG = "This code is wrong or was already used."


class NotACode(InvalidFields):
    """Nothing that could be a code, so it counts as no attempt."""

    def __init__(self) -> None:
        message = "Enter the six digits from your app, or a recovery code."
        super().__init__(FieldError("code", message))


class WrongCode(Forbidden):
    """Signed in, and asked for a code."""

    code = AuthCode.WRONG_CODE
    title_text = "Wrong code"

    def __init__(self) -> None:
        super().__init__(WRONG, errors=(FieldError("code", WRONG),))


class WrongSignInCode(Problem):
    """Asked for a code to sign in with; `attempts_left` says how many more this challenge takes."""

    code = AuthCode.WRONG_CODE
    status = 401
    title_text = "Wrong code"

    def __init__(self, attempts_left: int) -> None:
        super().__init__(WRONG, errors=(FieldError("code", WRONG),), headers=BEARER_CHALLENGE)
        self.extra = {**cast("dict[str, object]", self.extra), "attempts_left": attempts_left}


class ChallengeOver(Problem):
    """The challenge is unknown, too old, answered, or was answered wrong too often: the same words for each."""

    code = AuthCode.CHALLENGE_OVER
    status = 401
    title_text = "Sign in again"

    def __init__(self) -> None:
        super().__init__(
            "This took too long, or you entered too many wrong codes. Sign in again.",
            headers=BEARER_CHALLENGE,
        )


class TwoFactorOn(Conflict):
    """There is a second factor already."""

    code = AuthCode.TWO_FACTOR_ON
    title_text = "Two-factor sign-in is on"

    def __init__(self) -> None:
        super().__init__("Two-factor sign-in is already on.")


class TwoFactorOff(Conflict):
    """There is no second factor."""

    code = AuthCode.TWO_FACTOR_OFF
    title_text = "Two-factor sign-in is off"

    def __init__(self) -> None:
        super().__init__("Two-factor sign-in is off.")


class NoSetup(Conflict):
    """A code came before its secret was asked for."""

    code = AuthCode.NO_SETUP
    title_text = "Set it up first"

    def __init__(self) -> None:
        super().__init__("Set up two-factor sign-in first.")


class SealedSecret(Exception):
    """A stored secret that AUTH_ENCRYPTION_KEY does not open; recovery codes still work."""

    def __init__(self, account_id: UUID) -> None:
        super().__init__(
            f"AUTH_ENCRYPTION_KEY does not open the second factor of account {account_id}: add the key that it was "
            "stored with after a comma"
        )
