"""Internal routes of player data for auth: erasure and export."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Stream

from history.players.models import ErasedPlayer
from history.privacy.erasure import erase_player
from history.privacy.export import export_document
from transcendence_common.player_events import player_events_handler
from transcendence_common.reads import Reads
from transcendence_common.service_identity import called_by


@get("/players/{player_id:uuid}/export", opt=called_by("auth"))
async def export_player(
    player_id: FromPath[UUID], reads: NamedDependency[Reads], now: NamedDependency[datetime]
) -> Stream:
    """Return all data about a player; zeros and empty lists for an unknown one."""
    return Stream(await export_document(reads, player_id, now), media_type=MediaType.JSON)


INTERNAL_ROUTES = [player_events_handler(ErasedPlayer, erase_player), export_player]
