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

ADMIN: Final = "admin"
"""The role that may do what organisers do."""


async def visible(session: AsyncSession, tournament_id: UUID, reader: Player | None) -> Tournament:
    """Return a tournament that the reader may see.

    Raises:
        NoSuchTournament: there is none, or it is another player's draft or hotseat tournament.
    """
    found = await session.get(Tournament, tournament_id, populate_existing=True)
    return _shown_to(reader, found)


async def held_visible(
    session: AsyncSession, tournament_id: UUID, reader: Player | None
) -> Tournament:
    """Return a tournament that the reader may see, with its row locked.

    Raises:
        NoSuchTournament: as for `visible`.
    """
    return _shown_to(reader, await _hold(session, tournament_id))


async def organised(session: AsyncSession, tournament_id: UUID, player: Player) -> Tournament:
    """Return a tournament for its organiser or an administrator, with its row locked.

    Raises:
        NoSuchTournament: as for `visible`.
        NotOrganiser: the player may only see it.
    """
    tournament = await held_visible(session, tournament_id, player)
    if not organises(player, tournament):
        raise NotOrganiser
    return tournament


async def held(session: AsyncSession, tournament_id: UUID) -> Tournament:
    """Return a tournament for the service itself, with its row locked.

    Raises:
        NoSuchTournament: it has been deleted.
    """
    found = await _hold(session, tournament_id)
    if found is None:
        raise NoSuchTournament
    return found


def organises(player: Player | None, tournament: Tournament) -> bool:
    """Tell whether the player is the organiser or an administrator."""
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
    """Read the row once it is locked, because an earlier read of the session may be outdated by then."""
    return await session.scalar(
        select(Tournament)
        .where(Tournament.id == tournament_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
