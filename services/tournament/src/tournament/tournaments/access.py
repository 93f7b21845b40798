"""Looks up tournaments by what the caller may do: see, enter or organise them.

Every operation starts with one of these.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.tournaments.errors import NoSuchTournament, NotOrganiser
from tournament.tournaments.models import DRAFT, Tournament
from transcendence_common.identity import Player

ADMIN_ROLE: Final = "admin"
"""The role that may do what organisers do."""


async def find_visible(
    session: AsyncSession, tournament_id: UUID, reader: Player | None
) -> Tournament:
    """Return a tournament that the reader may see.

    Raises:
        NoSuchTournament: there is none, or it is another player's draft or hotseat tournament.
    """
    found = await session.get(Tournament, tournament_id, populate_existing=True)
    return _check_visible(reader, found)


async def lock_visible(
    session: AsyncSession, tournament_id: UUID, reader: Player | None
) -> Tournament:
    """Return a tournament that the reader may see, with its row locked.

    Raises:
        NoSuchTournament: as for `find_visible`.
    """
    return _check_visible(reader, await _lock_row(session, tournament_id))


async def lock_organised(session: AsyncSession, tournament_id: UUID, player: Player) -> Tournament:
    """Return a tournament for its organiser or an administrator, with its row locked.

    Raises:
        NoSuchTournament: as for `find_visible`.
        NotOrganiser: the player may only see it.
    """
    tournament = await lock_visible(session, tournament_id, player)
    if not may_organise(player, tournament):
        raise NotOrganiser
    return tournament


async def lock_existing(session: AsyncSession, tournament_id: UUID) -> Tournament:
    """Lock the row of a tournament and return it, without checking a player's rights: for the service's own work.

    Raises:
        NoSuchTournament: it has been deleted.
    """
    found = await _lock_row(session, tournament_id)
    if found is None:
        raise NoSuchTournament
    return found


def may_organise(player: Player | None, tournament: Tournament) -> bool:
    """Tell whether the player is the organiser or an administrator."""
    if player is None:
        return False
    return ADMIN_ROLE in player.roles or player.id == tournament.organiser_id


def _check_visible(reader: Player | None, found: Tournament | None) -> Tournament:
    if found is None:
        raise NoSuchTournament
    own = found.state == DRAFT or found.kind == "hotseat"
    if own and not may_organise(reader, found):
        raise NoSuchTournament
    return found


async def _lock_row(session: AsyncSession, tournament_id: UUID) -> Tournament | None:
    """Read the row once it is locked, because an earlier read of the session may be outdated by then."""
    return await session.scalar(
        select(Tournament)
        .where(Tournament.id == tournament_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
