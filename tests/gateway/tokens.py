"""Access tokens: good ones and many kinds of bad ones."""

import base64
import json
import time
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ALICE = "0190a1b2-0000-7000-8000-00000000a11c"
LIFETIME_SECONDS = 600
COORDINATE_BYTES = 32


class SigningKey:
    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._key = ec.generate_private_key(ec.SECP256R1())
        # Overrides fields of this key's entry in the JWKS.
        self.published: dict[str, str] = {}

    def jwk(self) -> dict[str, str]:
        point = self._key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "alg": "ES256",
            "use": "sig",
            "kid": self.kid,
            "x": encode(point.x.to_bytes(COORDINATE_BYTES, "big")),
            "y": encode(point.y.to_bytes(COORDINATE_BYTES, "big")),
            **self.published,
        }

    def pem(self) -> str:
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def token(
        self,
        claims: Mapping[str, object] | None = None,
        *,
        header: Mapping[str, object] | None = None,
    ) -> str:
        """Return a good token; `None` as a claim or header leaves that one out."""
        first = {"alg": "ES256", "typ": "JWT", "kid": self.kid, **(header or {})}
        signed = f"{_part(first)}.{_part({**good_claims(), **(claims or {})})}"
        return f"{signed}.{encode(self.sign(signed.encode()))}"

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")


def good_claims() -> dict[str, object]:
    now = int(time.time())
    return {
        "iss": "transcendence",
        "aud": "transcendence",
        "sub": ALICE,
        "name": "alice",
        "roles": ["player"],
        "sid": "0190a1b2-0000-7000-8000-000000000051",
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    }


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _part(values: Mapping[str, object]) -> str:
    kept = {key: value for key, value in values.items() if value is not None}
    return encode(json.dumps(kept).encode())
