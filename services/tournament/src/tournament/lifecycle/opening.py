"""Opens drafts, so that players may enter."""

from uuid import UUID

from tournament.audit.writing import note
from tournament.lifecycle import queries
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import organised
from tournament.tournaments.errors import NotNow
from tournament.tournaments.events import record_step
from tournament.tournaments.models import DRAFT, OPEN, Tournament
from tournament.tournaments.organiser_rules import check_opening
from tournament.tournaments.revision import touch
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import hold_player
from transcendence_common.identity import Player


async def open_draft(session: TimedSession, organiser: Player, tournament_id: UUID) -> Tournament:
    """Open a draft; an open tournament stays unchanged.

    Raises:
        NoSuchTournament, NotOrganiser
        NotNow: it is no draft, or its times have passed.
        PlayerGone: the organiser has been erased.
    """
    await hold_player(session, ErasedPlayer, organiser.id)
    tournament = await organised(session, tournament_id, organiser)
    if tournament.state == OPEN:
        return tournament
    check_opening(tournament, session.now)
    if not await queries.move(session, tournament, came_from=DRAFT, state=OPEN):
        raise NotNow("The tournament has changed in the meantime. Reload and try again.")
    note(session, tournament, organiser, "opened")
    await touch(session, tournament)
    record_step(tournament, "opened", organiser)
    return tournament
