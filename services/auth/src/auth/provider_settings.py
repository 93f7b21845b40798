"""Environment variables of the providers that players can sign in with."""

from typing import Annotated, Self

import msgspec
from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from transcendence_common.settings import Settings


def _base_address(url: str) -> str:
    try:
        address = TypeAdapter(AnyHttpUrl).validate_python(url)
    except ValidationError:
        address = None
    if address is None or address.query or address.fragment or address.username:
        raise ValueError("must look like https://github.example.org")
    return url.rstrip("/")


BaseAddress = Annotated[str, AfterValidator(_base_address)]
"""A provider's base URL. Plain HTTP is allowed, because the operator who sets it knows the network."""
ProviderValues = tuple[str | None, SecretStr | None, str | None]


class ProviderRegistration(msgspec.Struct, frozen=True):
    """This platform's registration at a provider; `base_url` if it is not the usual one."""

    client_id: str
    client_secret: str
    base_url: str = ""


class OAuthSettings(Settings):
    """Settings of all providers. Each provider has a client ID and a secret, or neither."""

    oauth_42_client_id: str | None = None
    oauth_42_client_secret: SecretStr | None = None
    oauth_42_url: BaseAddress | None = None
    oauth_github_client_id: str | None = None
    oauth_github_client_secret: SecretStr | None = None
    oauth_github_url: BaseAddress | None = None
    oauth_google_client_id: str | None = None
    oauth_google_client_secret: SecretStr | None = None
    oauth_google_url: BaseAddress | None = None

    def registrations(self) -> dict[str, ProviderRegistration]:
        """Return this platform's registrations, by provider."""
        return {
            provider: ProviderRegistration(
                client_id, client_secret.get_secret_value(), base_url or ""
            )
            for provider, (client_id, client_secret, base_url) in self._values_by_provider().items()
            if client_id is not None and client_secret is not None
        }

    @model_validator(mode="after")
    def _id_goes_with_secret(self) -> Self:
        for provider, (client_id, client_secret, _) in self._values_by_provider().items():
            names = [f"oauth_{provider}_client_id", f"oauth_{provider}_client_secret"]
            if (client_id is None) != (client_secret is None):
                missing, given = names if client_id is None else reversed(names)
                self._raise_field_error(missing, f"is needed where {given.upper()} is set")
        return self

    def _values_by_provider(self) -> dict[str, ProviderValues]:
        return {
            "42": (self.oauth_42_client_id, self.oauth_42_client_secret, self.oauth_42_url),
            "github": (
                self.oauth_github_client_id,
                self.oauth_github_client_secret,
                self.oauth_github_url,
            ),
            "google": (
                self.oauth_google_client_id,
                self.oauth_google_client_secret,
                self.oauth_google_url,
            ),
        }

    def _raise_field_error(self, field: str, problem: str) -> None:
        """Raise a validation error that names a setting; an error of a whole-model validator would name none."""
        error = InitErrorDetails(
            type=PydanticCustomError("incomplete", "{problem}", {"problem": problem}),
            loc=(field,),
            input=None,
        )
        raise ValidationError.from_exception_data(type(self).__name__, [error])
