"""The ready check of a pairing: once both players are ready, their match is created."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live.creation import Contender, create_match, unfinished_match_of
from tournament.live.errors import AlreadyPlaying
from tournament.matchmaking import queue_queries
from tournament.matchmaking.errors import StillPlaying
from tournament.pairings import queries
from tournament.pairings.errors import NoSuchPairing, NotCalled, NotYourPairing
from tournament.pairings.events import log_match_begun, log_player_ready
from tournament.pairings.models import CALLED, PLAYING
from tournament.pairings.rows import PairingRow
from tournament.players.models import ErasedPlayer
from tournament.signals import player_channel
from tournament.tournaments.access import find_visible, lock_visible
from tournament.tournaments.models import Tournament
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import PlayerGone, lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.signals import notify


class _Pair(NamedTuple):
    """The players of a pairing, from the caller's side."""

    me: Contender
    opponent: Contender
    is_one: bool


async def mark_ready(
    session: TimedSession, player: Player, tournament_id: UUID, number: int
) -> PairingRow:
    """Record that a player is ready, and create the match once both are.

    Raises:
        NoSuchTournament, NoSuchPairing, NotYourPairing, NotCalled
        StillPlaying: the player has a seat in another match.
        PlayerGone: the player has been erased.
    """
    await find_visible(session, tournament_id, player)
    pair = await _find_pair(session, player, tournament_id, number)
    await _lock_both_players(session, pair)
    tournament = await lock_visible(session, tournament_id, player)
    row = await queries.find_pairing(session, tournament_id, number)
    # A correction may have changed the players before the tournament was locked.
    if row is None or await _find_pair(session, player, tournament_id, number) != pair:
        raise NotCalled
    if row.state == PLAYING:
        return row
    if row.state != CALLED:
        raise NotCalled
    playing = await unfinished_match_of(session, player.id)
    if playing is not None:
        raise StillPlaying(playing)
    after = row._replace(
        one_ready=row.one_ready or pair.is_one, other_ready=row.other_ready or not pair.is_one
    )
    if after != row:
        log_player_ready(tournament, row, player.id)
    if after.one_ready and after.other_ready:
        after = await _create_match(session, tournament, after, pair)
    if after != row:
        await queries.store_pairings(session, tournament.id, [after])
        await notify(session, [player_channel(pair.me.id), player_channel(pair.opponent.id)])
        await raise_revision(session, tournament)
    return after


async def _find_pair(
    session: AsyncSession, player: Player, tournament_id: UUID, number: int
) -> _Pair:
    row = await queries.find_pairing(session, tournament_id, number)
    if row is None:
        raise NoSuchPairing
    people = await queries.find_entrants(session, tournament_id, (row.one, row.other))
    mine = [seed for seed, entrant in people.items() if entrant.player_id == player.id]
    if not mine:
        raise NotYourPairing
    opponent = next((each for seed, each in people.items() if seed != mine[0]), None)
    if opponent is None or opponent.player_id is None:
        # The opponent is not known yet, does not exist, or is being erased.
        raise NotCalled
    me = people[mine[0]]
    return _Pair(
        Contender(player.id, me.name),
        Contender(opponent.player_id, opponent.name),
        is_one=row.one == mine[0],
    )


async def _lock_both_players(session: AsyncSession, pair: _Pair) -> None:
    """Lock both players before the tournament, in the order of their ids, as erasure does."""
    for player_id in sorted((pair.me.id, pair.opponent.id)):
        try:
            await lock_against_erasure(session, ErasedPlayer, player_id)
        except PlayerGone as gone:
            if player_id == pair.me.id:
                raise
            # The pairing will be decided in a moment.
            raise NotCalled from gone


async def _create_match(
    session: TimedSession, tournament: Tournament, row: PairingRow, pair: _Pair
) -> PairingRow:
    """Create the match. A player who has a seat in another match by now is no longer ready."""
    both = pair.me, pair.opponent
    try:
        async with session.begin_nested():
            await queue_queries.delete_places(session, [each.id for each in both])
            match_id = await create_match(
                session,
                both,
                origin="tournament",
                points=tournament.points,
                rated=tournament.rated,
                tournament_id=tournament.id,
            )
    except AlreadyPlaying:
        playing = await unfinished_match_of(session, pair.me.id)
        if playing is not None:
            raise StillPlaying(playing) from None
        return row._replace(one_ready=pair.is_one, other_ready=not pair.is_one)
    log_match_begun(tournament, row, match_id)
    return row._replace(state=PLAYING, match_id=match_id)
