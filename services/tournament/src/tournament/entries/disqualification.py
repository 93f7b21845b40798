"""Disqualifies players. Before the start this is permanent: the entry stays, so that the player cannot enter again."""

from uuid import UUID

from contracts.tournament.tournaments import AuditAction, EntryDetails
from tournament.audit.writing import note
from tournament.entries import queries
from tournament.entries.events import record
from tournament.entries.schemas import entry_to_schema
from tournament.entries.waitlist import move_up
from tournament.pairings.progress import progress
from tournament.players.models import ErasedPlayer
from tournament.signals import games_channel
from tournament.tournaments.access import organised
from tournament.tournaments.errors import NoSuchEntry
from tournament.tournaments.metrics import Coming
from tournament.tournaments.models import DISQUALIFIED, OPEN, Entry, Tournament
from tournament.tournaments.organiser_rules import check_disqualifying
from tournament.tournaments.revision import touch
from tournament.tournaments.text_rules import reason_of
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import hold_player
from transcendence_common.identity import Player
from transcendence_common.signals import notify


async def disqualify(
    session: TimedSession, organiser: Player, tournament_id: UUID, entry_id: UUID, *, reason: str
) -> EntryDetails:
    """Remove a player before the start, or disqualify them after it. Repeating it changes nothing.

    Raises:
        NoSuchTournament, NotOrganiser, NoSuchEntry
        NotNow: the tournament has not been opened, or is over.
        InvalidFields: the reason breaks the rules for names.
        PlayerGone: the organiser has been erased.
    """
    await hold_player(session, ErasedPlayer, organiser.id)
    tournament = await organised(session, tournament_id, organiser)
    entry = await queries.find(session, tournament.id, entry_id)
    if entry is None:
        raise NoSuchEntry
    check_disqualifying(tournament)
    if entry.state != DISQUALIFIED:
        await _throw_out(session, tournament, entry, organiser, reason=reason_of(reason))
    return entry_to_schema(entry, entry.seed)


async def _throw_out(
    session: TimedSession, tournament: Tournament, entry: Entry, organiser: Player, *, reason: str
) -> None:
    played = entry.seed is not None
    action: AuditAction = "disqualified" if played else "removed"
    coming: Coming = "disqualified" if played else "removed"
    entry.state = DISQUALIFIED
    entry.wanted_seed = None
    note(session, tournament, organiser, action, subject=entry.name, reason=reason)
    await session.flush()
    if tournament.state == OPEN:
        await move_up(session, tournament)
    elif played:
        await progress(session, tournament)
        # `progress` may have ended the tournament and stored a place for this entry.
        await session.refresh(entry)
    await touch(session, tournament)
    if entry.player_id is not None:
        await notify(session, [games_channel(entry.player_id)])
    record(entry, coming, organiser)
