"""Settings that every process shares, read from the environment (and from secret files in containers)."""

import sys
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS_FOLDER = Path("/run/secrets")
"""Folder in which Docker mounts secrets: a file `auth_database_url` there replaces the variable AUTH_DATABASE_URL."""


def _with_asyncpg(url: SecretStr) -> SecretStr:
    scheme, separator, rest = url.get_secret_value().partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
        raise ValueError("must look like postgresql://user:password@host:port/database")
    return SecretStr(f"postgresql+asyncpg://{rest}")


PostgresUrl = Annotated[SecretStr, AfterValidator(_with_asyncpg)]
"""A PostgreSQL URL with its password, always in asyncpg's form and never printed."""


class Settings(BaseSettings):
    """The settings of all processes; a service adds its own fields in a subclass.

    A field's name is its variable's name in lower case. An empty value counts as missing, because Compose needs a file
    for every mounted secret, also for one that is not set, and passes on unset variables as empty.
    """

    model_config = SettingsConfigDict(
        extra="ignore",
        frozen=True,
        # An empty variable must not hide a secret file.
        env_ignore_empty=True,
        # pydantic-settings warns about a missing secrets folder.
        secrets_dir=SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None,
    )

    environment: Literal["development", "production", "test"] = "development"
    bind_host: str = "127.0.0.1"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_dir: Path | None = None
    public_url: str = "https://localhost:8090"
    token_issuer: str = "transcendence"  # noqa: S105 - a name
    token_audience: str = "transcendence"  # noqa: S105 - a name
    auth_url: str = "http://127.0.0.1:8001"
    history_url: str = "http://127.0.0.1:8002"
    tournament_url: str = "http://127.0.0.1:8003"
    database_pool_size: int = Field(default=10, ge=1, le=100)
    drain_seconds: float = Field(default=0, ge=0, le=60)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty_values(cls, values: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in values.items() if value != ""}

    @classmethod
    def load(cls) -> Self:
        """Read the environment, or end the process with one line for each error on standard error."""
        try:
            return cls()
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False):
                name = "_".join(str(part) for part in problem["loc"]).upper()
                sys.stderr.write(f"Setting {name}: {problem['msg']}\n")
            raise SystemExit(1) from None
