"""Signs the tokens with which services call each other."""

from datetime import datetime, timedelta

from jose import jwt

from auth.signing_keys.service import SigningKeys
from transcendence_common.identity import ALGORITHM
from transcendence_common.service_identity import LIFETIME_SECONDS, SUBJECT_PREFIX

LIFETIME = timedelta(seconds=LIFETIME_SECONDS)
OURSELVES = "auth"


class ServiceTokenIssuer:
    """Signs for one issuer, with whatever key is current."""

    def __init__(self, keys: SigningKeys, *, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    def sign(self, callee: str, now: datetime, *, caller: str = OURSELVES) -> str:
        """Return a token for calls of one service, such as "history", by another that has proved which it is.

        Raises:
            NoSigningKey: the keys were never loaded.
        """
        pair = self._keys.current()
        claims = {
            "iss": self._issuer,
            "aud": callee,
            "sub": f"{SUBJECT_PREFIX}{caller}",
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode(claims, pair.private, ALGORITHM, headers={"kid": pair.kid})
