"""Entering a tournament, leaving it and returning to it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import OwnEntry
from tournament.entries import queries
from tournament.entries.events import log_entry_change
from tournament.entries.schemas import own_entry_to_schema
from tournament.entries.waitlist import fill_free_places
from tournament.history import HistoryClient, Rating
from tournament.pairings.progress import advance_tournament
from tournament.pairings.queries import has_unfinished_pairing
from tournament.players.models import ErasedPlayer
from tournament.signals import player_channel
from tournament.tournaments.access import lock_visible
from tournament.tournaments.entry_rules import can_leave, check_entering, check_return
from tournament.tournaments.errors import NotEntered
from tournament.tournaments.models import (
    DISQUALIFIED,
    DROPPED,
    OPEN,
    PLAYING,
    WAITING,
    WITHDRAWN,
    Entry,
    Tournament,
)
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.signals import notify


async def enter_tournament(
    session: TimedSession,
    history: HistoryClient,
    player: Player,
    tournament_id: UUID,
    *,
    invitation: str | None,
) -> tuple[OwnEntry, bool]:
    """Enter a tournament, or join its waiting list if it is full; tell whether the entry is new.

    Raises:
        NoSuchTournament, InvitationNeeded
        RegistrationClosed: registration is closed.
        PlayerRemoved: the player was removed or disqualified.
        PlayerGone: the player has been erased.
    """
    # Before any row is locked: history may take a second, and all others would wait for it.
    rating = await history.rating_of(player.id)
    await lock_against_erasure(session, ErasedPlayer, player.id)
    tournament = await lock_visible(session, tournament_id, player)
    before = await queries.find_entry_of_player(session, tournament.id, player.id)
    if before is not None and before.state not in {DROPPED, DISQUALIFIED}:
        return await own_entry_to_schema(session, before), False
    playing = await queries.count_playing(session, tournament.id)
    check_entering(tournament, before, playing=playing, invitation=invitation, now=session.now)
    come = _join_waitlist if tournament.state == OPEN else _enter_late
    entry = await come(session, tournament, player, rating)
    await _notify_viewers_and_player(session, tournament, player.id)
    return await own_entry_to_schema(session, entry), True


async def leave_tournament(session: TimedSession, player: Player, tournament_id: UUID) -> None:
    """Leave before the start, or withdraw after it. A player who is not in the tournament, or is out, stays so.

    Raises:
        NoSuchTournament
    """
    tournament = await lock_visible(session, tournament_id, player)
    entry = await queries.find_entry_of_player(session, tournament.id, player.id)
    if entry is None or not can_leave(tournament, entry):
        return
    if tournament.state == OPEN:
        await session.delete(entry)
        await session.flush()
        await fill_free_places(session, tournament)
        log_entry_change(entry, "left")
    else:
        entry.state = WITHDRAWN
        await session.flush()
        # Otherwise nothing follows, so a player who keeps leaving and returning causes no work for others.
        if await has_unfinished_pairing(session, entry):
            await advance_tournament(session, tournament)
        log_entry_change(entry, "withdrawn")
    await _notify_viewers_and_player(session, tournament, player.id)


async def return_to_tournament(
    session: AsyncSession, player: Player, tournament_id: UUID
) -> OwnEntry:
    """Return to a Swiss tournament from the next round on, after a withdrawal or an absence.

    Raises:
        NoSuchTournament, NotEntered
        NotPossibleNow: no round is to come, or the player is out.
        PlayerGone: the player has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, player.id)
    tournament = await lock_visible(session, tournament_id, player)
    entry = await queries.find_entry_of_player(session, tournament.id, player.id)
    if entry is None:
        raise NotEntered
    check_return(tournament, entry)
    if entry.state == WITHDRAWN:
        entry.state = PLAYING
        await _notify_viewers_and_player(session, tournament, player.id)
        log_entry_change(entry, "returned")
    return await own_entry_to_schema(session, entry)


async def _join_waitlist(
    session: TimedSession, tournament: Tournament, player: Player, rating: Rating
) -> Entry:
    """Add a player by way of the waiting list, so that no newcomer passes a waiting player."""
    entry = await queries.store_entry(session, tournament, player, rating, state=WAITING)
    await fill_free_places(session, tournament, newcomer=entry)
    await session.refresh(entry)
    log_entry_change(entry, "waiting" if entry.state == WAITING else "entered")
    return entry


async def _enter_late(
    session: TimedSession, tournament: Tournament, player: Player, rating: Rating
) -> Entry:
    seed = await queries.find_last_seed(session, tournament.id) + 1
    entry = await queries.store_entry(session, tournament, player, rating, state=PLAYING, seed=seed)
    await advance_tournament(session, tournament)
    log_entry_change(entry, "late")
    return entry


async def _notify_viewers_and_player(
    session: AsyncSession, tournament: Tournament, player_id: UUID
) -> None:
    """Notify everyone viewing the tournament, and the player's other open pages."""
    await raise_revision(session, tournament)
    await notify(session, [player_channel(player_id)])
