"""A key pair, parsed once: parsing a PEM takes half as long as a signature."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk
from jose.backends.base import Key

from auth.signing_keys.errors import UndecryptableKey
from auth.signing_keys.models import StoredKey
from transcendence_common.identity import ALGORITHM


@dataclass(frozen=True, eq=False)
class KeyPair:
    """Signs and verifies tokens; `public_jwk` is the published part."""

    kid: str
    active_from: datetime
    private: Key
    public: Key
    public_jwk: dict[str, str]


def new_pem() -> bytes:
    """Return a new P-256 private key, unencrypted."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def decrypt_key_pair(row: StoredKey, encryption: MultiFernet) -> KeyPair:
    """Return a stored key pair, decrypted and parsed.

    Raises:
        UndecryptableKey: it was encrypted with a key that is not configured.
    """
    try:
        pem = encryption.decrypt(row.encrypted_pem)
    except InvalidToken as error:
        raise UndecryptableKey(row.kid) from error
    private = jwk.construct(pem.decode(), ALGORITHM)
    public = private.public_key()
    return KeyPair(row.kid, row.active_from, private, public, _public_jwk(row.kid, public))


def _public_jwk(kid: str, public: Key) -> dict[str, str]:
    return {**public.to_dict(), "kid": kid, "use": "sig"}
