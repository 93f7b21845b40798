"""Opens drafts, so that players may enter."""

from uuid import UUID

from tournament.audit.writing import add_audit_entry
from tournament.lifecycle import queries
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import lock_organised
from tournament.tournaments.errors import NotPossibleNow
from tournament.tournaments.events import log_step
from tournament.tournaments.models import DRAFT, OPEN, Tournament
from tournament.tournaments.organiser_rules import check_opening
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player


async def open_draft(session: TimedSession, organiser: Player, tournament_id: UUID) -> Tournament:
    """Open a draft; an open tournament stays unchanged.

    Raises:
        NoSuchTournament, NotOrganiser
        NotPossibleNow: it is no draft, or its times have passed.
        PlayerGone: the organiser has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, organiser.id)
    tournament = await lock_organised(session, tournament_id, organiser)
    if tournament.state == OPEN:
        return tournament
    check_opening(tournament, session.now)
    if not await queries.update_in_state(session, tournament, came_from=DRAFT, state=OPEN):
        raise NotPossibleNow("The tournament has changed in the meantime. Reload and try again.")
    add_audit_entry(session, tournament, organiser, "opened")
    await raise_revision(session, tournament)
    log_step(tournament, "opened", organiser)
    return tournament
