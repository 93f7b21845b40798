"""Erasure of a player as requested by auth, and what is left of the player."""

import httpx
from advanced_alchemy.base import metadata_registry
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text

from history.app import SERVICE_NAME
from services.history.tests.arcade import Arcade
from tests.fixtures.cast import Person
from tests.fixtures.services import tell_erased

EVENTS = "/internal/player-events"


async def erase(arcade: Arcade, person: Person, **changes: object) -> httpx.Response:
    return await tell_erased(arcade.client, person, SERVICE_NAME, **changes)


async def mentions(db: SQLAlchemyAsyncConfig, *words: object) -> list[str]:
    """Return every row of every table that contains one of these words; the marker of the erased
    player must be among them."""
    found = []
    async with db.get_session() as session:
        for table in metadata_registry.get(SERVICE_NAME).tables:
            if table != "erased_players":
                rows = await session.scalars(text(f"SELECT t::text FROM {table} t"))  # noqa: S608
                found += [row for row in rows if any(str(word) in row for word in words)]
    return found


async def tombstones(db: SQLAlchemyAsyncConfig) -> int:
    async with db.get_session() as session:
        count = await session.scalar(text("SELECT count(*) FROM erased_players"))
    return int(count)
