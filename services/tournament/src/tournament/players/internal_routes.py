"""What auth asks of tournament about a player: to forget them, and to hand out all that is kept."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath

from tournament.players.erasure import erase_player
from tournament.players.models import ErasedPlayer
from tournament.players.schemas import PlayerExport
from transcendence_common.player_events import player_events


@get("/players/{player_id:uuid}/export")
async def export_player(player_id: FromPath[UUID]) -> PlayerExport:  # noqa: ARG001 - of nobody is anything kept
    """Answer everything about a player."""
    return PlayerExport()


INTERNAL = [player_events(ErasedPlayer, erase_player), export_player]
