"""Events about players that auth sends to other services, and their paths."""

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

from transcendence_common.database import TimedSession
from transcendence_common.erased_players import ErasedPlayerColumns, begin_erasure
from transcendence_common.identity import PrintableName
from transcendence_common.service_identity import called_by

PLAYER_EVENTS_PATH = "/player-events"
"""Path below `/internal`, only for auth, as is the other."""
RELATIONSHIPS_PATH = "/player-ties"
"""A path of its own, because not every service that erases players may learn who is whose friend."""
HIGHEST_VERSION = 2**63 - 1

EraseHandler = Callable[[TimedSession, UUID], Awaitable[None]]
"""Deletes the data of a player, in the given transaction."""

logger = structlog.get_logger("transcendence.player_events")


class PlayerErased(msgspec.Struct, frozen=True):
    """The account of a player has been deleted, so their data must be. `id` is the id of the event."""

    id: UUID
    type: Literal["player.erased"]
    player_id: UUID
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class PlayerRelationship(msgspec.Struct, frozen=True):
    """The complete relationship of two players, so only the highest `version` of a pair counts.

    Deliveries may arrive late, twice, and in any order. `low_id` is the lower of the two ids; `low_blocks` means that
    this player blocks the other. If all are false, the players have no relationship any more.
    """

    id: UUID
    type: Literal["player.tied"]
    low_id: UUID
    low_name: PrintableName
    high_id: UUID
    high_name: PrintableName
    friends: bool
    low_blocks: bool
    high_blocks: bool
    version: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_VERSION)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]

    def __post_init__(self) -> None:
        """Refuse a pair in the wrong order or of one player."""
        if self.low_id >= self.high_id:
            raise ValueError("`low_id` must be below `high_id`")


def player_events_handler(
    erased: type[ErasedPlayerColumns], erase: EraseHandler
) -> HTTPRouteHandler:
    """Return the handler with which a service erases players, each of them once.

    Args:
        erased: the service's table of erased players.
        erase: deletes the service's data of a player.
    """

    @post(PLAYER_EVENTS_PATH, status_code=HTTP_204_NO_CONTENT, opt=called_by("auth"))
    async def receive(
        data: JSONBody[PlayerErased], db_session: NamedDependency[TimedSession]
    ) -> None:
        if await begin_erasure(db_session, erased, data.player_id, event_id=data.id, at=data.at):
            await erase(db_session, data.player_id)
            _log_erased(data)

    return receive


def _log_erased(event: PlayerErased) -> None:
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
