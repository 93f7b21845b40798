from datetime import datetime
from uuid import UUID

from jose import jwt

from auth.accounts.identity import Identity
from auth.signing_keys.rotation import TOKEN_LIFETIME
from auth.signing_keys.service import SigningKeys
from transcendence_common.identity import ALGORITHM


class AccessTokenIssuer:
    """Signs access tokens for one issuer and audience with the current key."""

    def __init__(self, keys: SigningKeys, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    def sign(self, identity: Identity, session_id: UUID, now: datetime) -> str:
        """Return an access token.

        Raises:
            NoSigningKey: the signing keys have not been loaded.
        """
        pair = self._keys.current_key()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(identity.account_id),
            "name": identity.username,
            "roles": identity.roles,
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFETIME).timestamp()),
        }
        return jwt.encode(claims, pair.private, ALGORITHM, headers={"kid": pair.kid})
