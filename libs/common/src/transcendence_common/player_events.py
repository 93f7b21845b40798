"""What services are told about players, and the addresses at which they are told it."""

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
from transcendence_common.identity import ShownName
from transcendence_common.service_identity import called_by

PLAYER_EVENTS_PATH = "/player-events"
"""Below `/internal`, and only for auth, as the other."""
RELATIONSHIPS_PATH = "/player-ties"
"""An address of its own: not everybody who forgets players has to know who is whose friend."""
HIGHEST_VERSION = 2**63 - 1

Erase = Callable[[TimedSession, UUID], Awaitable[None]]
"""Forgets what a service keeps of a player, in the transaction that it is given."""

logger = structlog.get_logger("transcendence.player_events")


class PlayerErased(msgspec.Struct, frozen=True):
    """A player's account has been deleted: forget them. `id` is the event's own."""

    id: UUID
    type: Literal["player.erased"]
    player_id: UUID
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class PlayerRelationship(msgspec.Struct, frozen=True):
    """What two players are to each other now: all of it, so only the highest `version` of a pair counts.

    Deliveries come late, twice, and in any order. `low_id` is the lower of the two; `low_blocks` says that they block
    the other. Where all is false there is nothing between them any more.
    """

    id: UUID
    type: Literal["player.tied"]
    low_id: UUID
    low_name: ShownName
    high_id: UUID
    high_name: ShownName
    friends: bool
    low_blocks: bool
    high_blocks: bool
    version: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_VERSION)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]

    def __post_init__(self) -> None:
        """Refuse a pair that is none, or that would be told apart from itself."""
        if self.low_id >= self.high_id:
            raise ValueError("`low_id` must be below `high_id`")


def player_events(erased: type[ErasedPlayerColumns], erase: Erase) -> HTTPRouteHandler:
    """Return the handler of a service that forgets players, each of them once.

    Args:
        erased: its table of those who are gone.
        erase: how it forgets one.
    """

    @post(PLAYER_EVENTS_PATH, status_code=HTTP_204_NO_CONTENT, opt=called_by("auth"))
    async def receive(
        data: JSONBody[PlayerErased], db_session: NamedDependency[TimedSession]
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
