"""Cancels tournaments."""

from uuid import UUID

from tournament.audit.writing import add_audit_entry
from tournament.lifecycle import queries
from tournament.players.models import ErasedPlayer
from tournament.signals import player_channel
from tournament.tournaments.access import lock_organised
from tournament.tournaments.errors import NotPossibleNow
from tournament.tournaments.events import log_step
from tournament.tournaments.models import CANCELLED, Tournament
from tournament.tournaments.organiser_rules import check_cancelling
from tournament.tournaments.revision import raise_revision
from tournament.tournaments.text_rules import clean_reason
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.signals import notify


async def cancel_tournament(
    session: TimedSession, organiser: Player, tournament_id: UUID, reason: str
) -> Tournament:
    """Cancel a tournament; a cancelled one stays unchanged, with its first reason.

    Raises:
        NoSuchTournament, NotOrganiser
        NotPossibleNow: it is finished.
        InvalidFields: the reason breaks the rules for names.
        PlayerGone: the organiser has been erased.
    """
    why = clean_reason(reason)
    await lock_against_erasure(session, ErasedPlayer, organiser.id)
    tournament = await lock_organised(session, tournament_id, organiser)
    if tournament.state == CANCELLED:
        return tournament
    check_cancelling(tournament)
    await cancel_locked_tournament(session, tournament, organiser, why)
    return tournament


async def cancel_locked_tournament(
    session: TimedSession, tournament: Tournament, actor: Player | None, reason: str
) -> None:
    """Cancel a locked tournament that is not over. Running matches are played to their end and do not count for it.

    Raises:
        NotPossibleNow: its state has changed meanwhile.
    """
    if not await queries.update_in_state(
        session, tournament, came_from=tournament.state, state=CANCELLED, ended_at=session.now
    ):
        raise NotPossibleNow("The tournament is over.")
    add_audit_entry(session, tournament, actor, "cancelled", reason=reason)
    match_call = await queries.reset_active_pairings(session, tournament.id)
    await notify(session, map(player_channel, match_call))
    await raise_revision(session, tournament)
    log_step(tournament, "cancelled", actor)
