"""Who may see a tournament, and who may change it: everything else starts with one of these lookups."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.tournaments.errors import NoSuchTournament, NotOrganiser
from tournament.tournaments.models import DRAFT, Tournament
from transcendence_common.identity import Player

ADMIN: Final = "admin"
"""The role whose holders may do what organisers do."""


async def visible(session: AsyncSession, tournament_id: UUID, reader: Player | None) -> Tournament:
    """Return a tournament to somebody who may look at it.

    Raises:
        NoSuchTournament: there is none, or it is a draft or a hotseat tournament of somebody else.
    """
    found = await session.get(Tournament, tournament_id, populate_existing=True)
    return _shown_to(reader, found)


async def held_visible(
    session: AsyncSession, tournament_id: UUID, reader: Player | None
) -> Tournament:
    """Return, and hold, a tournament of which somebody sees enough to enter it or to play in it.

    Raises:
        NoSuchTournament: as for `visible`.
    """
    return _shown_to(reader, await _hold(session, tournament_id))


async def organised(session: AsyncSession, tournament_id: UUID, player: Player) -> Tournament:
    """Return, and hold, a tournament for its organiser or an administrator.

    Raises:
        NoSuchTournament: as for `visible`.
        NotOrganiser: they may only look.
    """
    tournament = await held_visible(session, tournament_id, player)
    if not organises(player, tournament):
        raise NotOrganiser
    return tournament


async def held(session: AsyncSession, tournament_id: UUID) -> Tournament:
    """Return, and hold, a tournament for the service itself.

    Raises:
        NoSuchTournament: it is gone.
    """
    found = await _hold(session, tournament_id)
    if found is None:
        raise NoSuchTournament
    return found


def organises(player: Player | None, tournament: Tournament) -> bool:
    """Tell whether somebody may do what organisers do."""
    if player is None:
        return False
    return ADMIN in player.roles or player.id == tournament.organiser_id


def _shown_to(reader: Player | None, found: Tournament | None) -> Tournament:
    if found is None:
        raise NoSuchTournament
    own = found.state == DRAFT or found.kind == "hotseat"
    if own and not organises(reader, found):
        raise NoSuchTournament
    return found


async def _hold(session: AsyncSession, tournament_id: UUID) -> Tournament | None:
    """Read it once it is held: what the session has seen of it before may be old by then."""
    return await session.scalar(
        select(Tournament)
        .where(Tournament.id == tournament_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
