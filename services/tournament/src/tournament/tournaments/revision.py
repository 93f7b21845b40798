"""The revision of a tournament, which tells open pages that it has changed."""

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.signals import tournament_channel
from tournament.tournaments.models import Tournament
from transcendence_common.signals import notify


async def raise_revision(session: AsyncSession, tournament: Tournament) -> None:
    """Raise the revision of a locked tournament and notify everyone viewing it."""
    tournament.revision += 1
    await notify(session, [tournament_channel(tournament.id)])
