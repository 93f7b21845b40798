from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated, Literal, Self

from cryptography.fernet import Fernet, MultiFernet
from pydantic import AfterValidator, Field, SecretStr, model_validator

from auth.provider_settings import OAuthSettings
from transcendence_common.settings import PostgresUrl

SHORTEST_SECRET = 32
"""Characters: the tokens derived with the secret have 256 bits, and the secret needs as many."""

SmtpTls = Literal["none", "starttls", "tls"]


def encryption_of(keys: SecretStr) -> MultiFernet:
    """Return a cipher that encrypts with the first of the comma-separated keys and decrypts with any of them."""
    return MultiFernet([Fernet(key.strip()) for key in keys.get_secret_value().split(",")])


def _checked_fernet_keys(keys: SecretStr) -> SecretStr:
    try:
        encryption_of(keys)
    except ValueError:
        # Fernet's own message would be shown, and it does not name the setting.
        raise ValueError(
            "must be a Fernet key (32 bytes in URL-safe base64), or several with commas, newest first"
        ) from None
    return keys


def _checked_sender(mail_from: str) -> str:
    name, address = parseaddr(mail_from)
    try:
        Address(name, addr_spec=address)
    except (ValueError, HeaderParseError):
        address = ""
    if not address or not mail_from.isprintable():
        raise ValueError("must look like pong@example.org or Pong <pong@example.org>")
    return mail_from


class AuthSettings(OAuthSettings):
    """Settings of auth in addition to the shared ones."""

    auth_port: int = 8001
    auth_database_url: PostgresUrl
    auth_encryption_key: Annotated[SecretStr, AfterValidator(_checked_fernet_keys)]
    auth_refresh_secret: Annotated[SecretStr, Field(min_length=SHORTEST_SECRET)]
    tournament_service_secret: Annotated[SecretStr, Field(min_length=SHORTEST_SECRET)]
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8425
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: SmtpTls = "none"
    mail_from: Annotated[str, AfterValidator(_checked_sender)] = (
        "Transcendence <no-reply@localhost>"
    )

    @model_validator(mode="after")
    def _name_goes_with_password(self) -> Self:
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError("SMTP_USERNAME and SMTP_PASSWORD belong together")
        return self
