from typing import Annotated

from pydantic import Field, SecretStr

from transcendence_common.settings import PostgresUrl, Settings

MIN_SECRET_CHARACTERS = 32
"""A shorter key could be guessed offline from a single ticket."""


class HistorySettings(Settings):
    """Settings of history in addition to the shared ones."""

    history_port: int = 8002
    history_database_url: PostgresUrl
    history_ticket_secret: Annotated[SecretStr, Field(min_length=MIN_SECRET_CHARACTERS)]
