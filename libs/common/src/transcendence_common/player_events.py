"""What services are told about players, and the address at which they are told it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import structlog
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from transcendence_common.erased_players import ErasedPlayerColumns, begin_erasure

PLAYER_EVENTS_PATH = "/player-events"
"""Below `/internal`."""

Erase = Callable[[AsyncSession, UUID], Awaitable[None]]
"""Forgets what a service keeps of a player, in the transaction that it is given."""

logger = structlog.get_logger("transcendence.player_events")


class PlayerErased(msgspec.Struct, frozen=True):
    """A player's account has been deleted: forget them. `id` is the event's own."""

    id: UUID
    type: Literal["player.erased"]
    player_id: UUID
    at: Annotated[datetime, msgspec.Meta(tz=True)]


def player_events(erased: type[ErasedPlayerColumns], erase: Erase) -> HTTPRouteHandler:
    """Return the handler of a service that forgets players, each of them once.

    Args:
        erased: its table of those who are gone.
        erase: how it forgets one.
    """

    @post(PLAYER_EVENTS_PATH, status_code=HTTP_204_NO_CONTENT)
    async def receive(
        data: JSONBody[PlayerErased], db_session: NamedDependency[AsyncSession]
    ) -> None:
        if await begin_erasure(db_session, erased, data.player_id, event_id=data.id, at=data.at):
            await erase(db_session, data.player_id)
            _note_erased(data)

    return receive


def _note_erased(event: PlayerErased) -> None:
    logger.info(
        "player erased",
        **{
            "event.action": "player-erased",
            "event.category": ["iam"],
            "event.type": ["deletion"],
            "event.outcome": "success",
            "user.id": str(event.player_id),
            "labels.event_id": str(event.id),
        },
    )
