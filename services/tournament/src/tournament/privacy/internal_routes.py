"""Internal routes for auth: relationships, erasure and export of players."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.players import relationships
from tournament.players.models import ErasedPlayer
from tournament.privacy.erasure import erase_player
from tournament.privacy.export import PlayerExport
from tournament.privacy.matches import export_matches
from tournament.privacy.matchmaking import export_invitations, export_queue_place
from tournament.privacy.tournaments import export_audit_log, export_entries, export_tournaments
from transcendence_common.player_events import (
    RELATIONSHIPS_PATH,
    PlayerRelationship,
    player_events_handler,
)
from transcendence_common.service_identity import called_by


@post(RELATIONSHIPS_PATH, status_code=HTTP_204_NO_CONTENT, opt=called_by("auth"))
async def receive_relationship(
    data: JSONBody[PlayerRelationship], db_session: NamedDependency[AsyncSession]
) -> None:
    """Store the reported relationship of two players."""
    await relationships.store_relationship(db_session, data)


@get("/players/{player_id:uuid}/export", opt=called_by("auth"))
async def export_player(
    player_id: FromPath[UUID], db_session: NamedDependency[AsyncSession]
) -> PlayerExport:
    """Return what tournament exports about a player; relationships are exported by auth."""
    return PlayerExport(
        queue_place=await export_queue_place(db_session, player_id),
        invitations=await export_invitations(db_session, player_id),
        matches=await export_matches(db_session, player_id),
        tournament_entries=await export_entries(db_session, player_id),
        tournaments=await export_tournaments(db_session, player_id),
        tournament_notes=await export_audit_log(db_session, player_id),
    )


INTERNAL_ROUTES = [
    player_events_handler(ErasedPlayer, erase_player),
    receive_relationship,
    export_player,
]
