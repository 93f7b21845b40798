"""The auth service's environment."""

from typing import Annotated

from cryptography.fernet import Fernet, MultiFernet
from pydantic import AfterValidator, Field, SecretStr

from transcendence_common.settings import PostgresUrl, Settings

SHORTEST_SECRET = 32
"""Characters: the 256 bits of the tokens derived with it need as much on the other side."""


def encryption_of(keys: SecretStr) -> MultiFernet:
    """Return what encrypts with the first of the comma-separated keys and opens what any of them closed."""
    return MultiFernet([Fernet(key.strip()) for key in keys.get_secret_value().split(",")])


def _fernet_keys(keys: SecretStr) -> SecretStr:
    try:
        encryption_of(keys)
    except ValueError:
        # Fernet's own message would be shown; it says nothing about where the value comes from.
        raise ValueError(
            "must be a Fernet key (32 bytes in URL-safe base64), or several with commas, newest first"
        ) from None
    return keys


class AuthSettings(Settings):
    """What auth reads beside the shared settings."""

    auth_port: int = 8001
    auth_database_url: PostgresUrl
    auth_encryption_key: Annotated[SecretStr, AfterValidator(_fernet_keys)]
    auth_refresh_secret: Annotated[SecretStr, Field(min_length=SHORTEST_SECRET)]
