"""Cancels tournaments."""

from uuid import UUID

from tournament.audit.writing import note
from tournament.lifecycle import queries
from tournament.players.models import ErasedPlayer
from tournament.signals import games_channel
from tournament.tournaments.access import organised
from tournament.tournaments.errors import NotNow
from tournament.tournaments.events import record_step
from tournament.tournaments.models import CANCELLED, Tournament
from tournament.tournaments.organiser_rules import check_cancelling
from tournament.tournaments.revision import touch
from tournament.tournaments.text_rules import reason_of
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import hold_player
from transcendence_common.identity import Player
from transcendence_common.signals import notify


async def cancel(
    session: TimedSession, organiser: Player, tournament_id: UUID, reason: str
) -> Tournament:
    """Cancel a tournament; a cancelled one stays unchanged, with its first reason.

    Raises:
        NoSuchTournament, NotOrganiser
        NotNow: it is finished.
        InvalidFields: the reason breaks the rules for names.
        PlayerGone: the organiser has been erased.
    """
    why = reason_of(reason)
    await hold_player(session, ErasedPlayer, organiser.id)
    tournament = await organised(session, tournament_id, organiser)
    if tournament.state == CANCELLED:
        return tournament
    check_cancelling(tournament)
    await call_it_off(session, tournament, organiser, why)
    return tournament


async def call_it_off(
    session: TimedSession, tournament: Tournament, actor: Player | None, reason: str
) -> None:
    """Cancel a locked tournament that is not over. Running matches are played to their end and do not count for it.

    Raises:
        NotNow: its state has changed meanwhile.
    """
    if not await queries.move(
        session, tournament, came_from=tournament.state, state=CANCELLED, ended_at=session.now
    ):
        raise NotNow("The tournament is over.")
    note(session, tournament, actor, "cancelled", reason=reason)
    match_call = await queries.call_off(session, tournament.id)
    await notify(session, map(games_channel, match_call))
    await touch(session, tournament)
    record_step(tournament, "cancelled", actor)
