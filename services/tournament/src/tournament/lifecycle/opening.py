"""From a draft to a tournament that people may enter."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.audit.noting import note
from tournament.lifecycle import queries
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import organised
from tournament.tournaments.errors import NotNow
from tournament.tournaments.events import record_step
from tournament.tournaments.models import DRAFT, OPEN, Tournament
from tournament.tournaments.revision import touch
from transcendence_common.erased_players import hold_player
from transcendence_common.identity import Player


async def open_up(
    session: AsyncSession, organiser: Player, tournament_id: UUID, now: datetime
) -> Tournament:
    """Let people in; one that is open already stays so.

    Raises:
        NoSuchTournament, NotOrganiser
        NotNow: it is no draft, or its times have passed.
        PlayerGone: they have been erased.
    """
    await hold_player(session, ErasedPlayer, organiser.id)
    tournament = await organised(session, tournament_id, organiser)
    if tournament.state == OPEN:
        return tournament
    if tournament.kind == "hotseat":
        raise NotNow("Everybody is in it already; start it.")
    _check_times(tournament, now)
    if not await queries.move(session, tournament, came_from=DRAFT, state=OPEN):
        raise NotNow("Only a draft can be opened.")
    note(session, tournament, organiser, "opened", now=now)
    await touch(session, tournament)
    record_step(tournament, "opened", organiser)
    return tournament


def _check_times(tournament: Tournament, now: datetime) -> None:
    """It would be cancelled at once for want of players."""
    for time in (tournament.registration_closes_at, tournament.starts_at):
        if tournament.state == DRAFT and time is not None and time <= now:
            raise NotNow("Its times have passed while it was a draft; choose others first.")
