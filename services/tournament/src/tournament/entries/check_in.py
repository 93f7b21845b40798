"""Check-in before the start. Entries that have not checked in are dropped at the start."""

from uuid import UUID

from contracts.tournament.tournaments import OwnEntry
from tournament.entries import queries
from tournament.entries.events import log_entry_change
from tournament.entries.schemas import own_entry_to_schema
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import lock_visible
from tournament.tournaments.entry_rules import check_check_in
from tournament.tournaments.errors import NotEntered
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player


async def check_in(session: TimedSession, player: Player, tournament_id: UUID) -> OwnEntry:
    """Record that a player is present, also from the waiting list. Repeating it keeps the first time.

    Raises:
        NoSuchTournament
        NotEntered: the player has no place and is not on the waiting list.
        NotPossibleNow: it is too early or too late, or there is no check-in.
        PlayerGone: the player has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, player.id)
    tournament = await lock_visible(session, tournament_id, player)
    entry = await queries.find_entry_of_player(session, tournament.id, player.id)
    if entry is None:
        raise NotEntered
    check_check_in(tournament, entry, session.now)
    if entry.checked_in_at is None:
        entry.checked_in_at = session.now
        await raise_revision(session, tournament)
        log_entry_change(entry, "checked_in")
    return await own_entry_to_schema(session, entry)
