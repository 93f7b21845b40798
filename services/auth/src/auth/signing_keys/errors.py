"""What can go wrong with signing keys."""

from transcendence_common.problems import Unavailable


class NoSigningKey(Unavailable):
    """The database has not been reached yet, so nothing can be signed or checked."""

    def __init__(self) -> None:
        super().__init__("Sign-in is unavailable right now. Try again in a moment.")


class SealedKey(Exception):
    """A stored key that AUTH_ENCRYPTION_KEY does not open.

    Making another would hide it: two replicas with different settings would go on replacing each other's keys.
    """

    def __init__(self, kid: str) -> None:
        super().__init__(
            f"AUTH_ENCRYPTION_KEY does not open signing key {kid}: add the key it was stored with after a comma, "
            "or, where that is lost, delete the rows of signing_keys"
        )
        self.kid = kid
