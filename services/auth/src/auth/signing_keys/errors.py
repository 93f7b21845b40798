"""Errors of signing keys."""

from transcendence_common.problems import Unavailable


class NoSigningKey(Unavailable):
    """The database has not been reached yet, so no keys are loaded and nothing can be signed or verified."""

    def __init__(self) -> None:
        super().__init__("Sign-in is unavailable right now. Try again in a moment.")


class UndecryptableKey(Exception):
    """AUTH_ENCRYPTION_KEY does not decrypt a stored key.

    Creating another key would hide the error: two replicas with different settings would replace each other's keys for
    ever.
    """

    def __init__(self, kid: str) -> None:
        super().__init__(
            f"AUTH_ENCRYPTION_KEY does not open signing key {kid}: add the key it was stored with after a comma, "
            "or, where that is lost, delete the rows of signing_keys"
        )
        self.kid = kid
