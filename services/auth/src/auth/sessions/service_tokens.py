from datetime import datetime, timedelta

from jose import jwt

from auth.signing_keys.service import SigningKeys
from transcendence_common.identity import ALGORITHM
from transcendence_common.service_identity import SERVICE_TOKEN_LIFETIME_SECONDS, SUBJECT_PREFIX

TOKEN_LIFETIME = timedelta(seconds=SERVICE_TOKEN_LIFETIME_SECONDS)
OWN_SERVICE = "auth"


class ServiceTokenIssuer:
    """Signs the tokens with which services call each other, for one issuer and with the current key."""

    def __init__(self, keys: SigningKeys, *, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    def sign(self, callee: str, now: datetime, *, caller: str = OWN_SERVICE) -> str:
        """Return a token with which an authenticated service can call one other service, such as "history".

        Raises:
            NoSigningKey: the signing keys have not been loaded.
        """
        pair = self._keys.current_key()
        claims = {
            "iss": self._issuer,
            "aud": callee,
            "sub": f"{SUBJECT_PREFIX}{caller}",
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFETIME).timestamp()),
        }
        return jwt.encode(claims, pair.private, ALGORITHM, headers={"kid": pair.kid})
