"""Disqualifies players. Before the start this is permanent: the entry stays, so that the player cannot enter again."""

from uuid import UUID

from contracts.tournament.tournaments import AuditAction, EntryDetails
from tournament.audit.writing import add_audit_entry
from tournament.entries import queries
from tournament.entries.events import log_entry_change
from tournament.entries.schemas import entry_to_schema
from tournament.entries.waitlist import fill_free_places
from tournament.pairings.progress import advance_tournament
from tournament.players.models import ErasedPlayer
from tournament.signals import player_channel
from tournament.tournaments.access import lock_organised
from tournament.tournaments.errors import NoSuchEntry
from tournament.tournaments.metrics import EntryChange
from tournament.tournaments.models import DISQUALIFIED, OPEN, Entry, Tournament
from tournament.tournaments.organiser_rules import check_disqualifying
from tournament.tournaments.revision import raise_revision
from tournament.tournaments.text_rules import clean_reason
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.signals import notify


async def disqualify(
    session: TimedSession, organiser: Player, tournament_id: UUID, entry_id: UUID, *, reason: str
) -> EntryDetails:
    """Remove a player before the start, or disqualify them after it. Repeating it changes nothing.

    Raises:
        NoSuchTournament, NotOrganiser, NoSuchEntry
        NotPossibleNow: the tournament has not been opened, or is over.
        InvalidFields: the reason breaks the rules for names.
        PlayerGone: the organiser has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, organiser.id)
    tournament = await lock_organised(session, tournament_id, organiser)
    entry = await queries.find_entry(session, tournament.id, entry_id)
    if entry is None:
        raise NoSuchEntry
    check_disqualifying(tournament)
    if entry.state != DISQUALIFIED:
        await _remove_or_disqualify(
            session, tournament, entry, organiser, reason=clean_reason(reason)
        )
    return entry_to_schema(entry, entry.seed)


async def _remove_or_disqualify(
    session: TimedSession, tournament: Tournament, entry: Entry, organiser: Player, *, reason: str
) -> None:
    played = entry.seed is not None
    action: AuditAction = "disqualified" if played else "removed"
    coming: EntryChange = "disqualified" if played else "removed"
    entry.state = DISQUALIFIED
    entry.wanted_seed = None
    add_audit_entry(session, tournament, organiser, action, subject=entry.name, reason=reason)
    await session.flush()
    if tournament.state == OPEN:
        await fill_free_places(session, tournament)
    elif played:
        await advance_tournament(session, tournament)
        # `advance_tournament` may have ended the tournament and stored a place for this entry.
        await session.refresh(entry)
    await raise_revision(session, tournament)
    if entry.player_id is not None:
        await notify(session, [player_channel(entry.player_id)])
    log_entry_change(entry, coming, organiser)
