"""Signs the tokens with which auth calls other services."""

from datetime import datetime, timedelta

from jose import jwt

from auth.signing_keys.service import SigningKeys
from transcendence_common.identity import ALGORITHM
from transcendence_common.service_identity import LIFETIME_SECONDS, SUBJECT_PREFIX

LIFETIME = timedelta(seconds=LIFETIME_SECONDS)
SUBJECT = f"{SUBJECT_PREFIX}auth"


class ServiceTokenIssuer:
    """Signs in auth's own name, for one issuer, with whatever key is current: a token for each call."""

    def __init__(self, keys: SigningKeys, *, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    def sign(self, callee: str, now: datetime) -> str:
        """Return a token for a call of the service of that name, such as "history".

        Raises:
            NoSigningKey: the keys were never loaded.
        """
        pair = self._keys.current()
        claims = {
            "iss": self._issuer,
            "aud": callee,
            "sub": SUBJECT,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode(claims, pair.private, ALGORITHM, headers={"kid": pair.kid})
