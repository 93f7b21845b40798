"""Verifies and stores online matches, as delivered by the service that ran them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.history.matches import OnlineMatch, OnlineSide
from contracts.history.modes import ONLINE
from history.errors import MatchRefused, OtherMatchStored, SamePlayer
from history.matches.events import log_match_refused, log_match_stored
from history.matches.models import DELETED_PLAYER
from history.matches.queries import find_simulation_input, get_match
from history.matches.sides import SIDE_NUMBERS
from history.matches.storing import StoredMatch, insert_match, insert_participations
from history.matches.verification import (
    GameSettings,
    SimulationInput,
    check_rules_and_length,
    simulate_match,
)
from history.players.models import ErasedPlayer
from history.players.totals import OpponentResult, add_to_opponent_totals, add_to_player_totals
from history.ratings.service import RatedChange, RatedPlayer, rate_match
from pong.court import LEFT, MAX_TICKS, RIGHT
from pong.log import Outcome
from transcendence_common.erased_players import lock_players_against_erasure
from transcendence_common.reads import Reads, SessionReads

MAX_DELIVERY_CHANGES = MAX_TICKS
"""One change per tick: a losing player must not be able to make the log too long to be stored."""


async def verify_and_store_online_match(
    session: AsyncSession, reads: Reads, match: OnlineMatch
) -> StoredMatch:
    """Verify an online match and store the result of its simulation; a repeated delivery returns the same record.

    Raises:
        MatchRefused: a subclass for each reason why it is not a finished match of two players.
        OtherMatchStored: another match is stored under the same ID.
    """
    both, ticks = (match.left.player_id, match.right.player_id), match.inputs.ticks
    try:
        created = await _store_once(session, reads, match)
    except (MatchRefused, OtherMatchStored) as refused:
        log_match_refused(refused, match.match_id, both=both, mode=ONLINE, ticks=ticks)
        raise
    if created:
        log_match_stored(match.match_id, ONLINE, both=both, ticks=ticks)
    return StoredMatch(await get_match(SessionReads(session), match.match_id, None), created)


async def _store_once(session: AsyncSession, reads: Reads, match: OnlineMatch) -> bool:
    """Store a match unless it is stored; tell whether this call stored it."""
    played = _simulation_input(match)
    # Outside of the session, as in `service`, so that no connection is held while waiting for a simulation.
    stored = await find_simulation_input(reads, match.match_id)
    if stored is None:
        if match.left.player_id == match.right.player_id:
            raise SamePlayer
        check_rules_and_length(match.rules, match.inputs, most_changes=MAX_DELIVERY_CHANGES)
        outcome = await simulate_match(played)
        if await _insert_with_players(session, match, played, outcome):
            return True
        # The same delivery was received twice in parallel, and the other request stored it first.
        stored = await find_simulation_input(SessionReads(session), match.match_id)
    if stored != played:
        raise OtherMatchStored(match.match_id)
    return False


def _simulation_input(match: OnlineMatch) -> SimulationInput:
    forfeited_by = SIDE_NUMBERS[match.forfeited_by]
    return SimulationInput(
        GameSettings(ONLINE, None, match.seed, match.points, forfeited_by), match.inputs
    )


async def _insert_with_players(
    session: AsyncSession, match: OnlineMatch, played: SimulationInput, outcome: Outcome
) -> bool:
    """Insert a match with its sides, ratings and totals, or nothing if its ID is taken."""
    here = await _lock_players(session, match)
    # A deleted player has no rating, and without it the opponent cannot be rated either.
    is_of_two = len(here) == len((LEFT, RIGHT))
    rated = match.rated and is_of_two
    if not await insert_match(
        session,
        match.match_id,
        played,
        outcome,
        rules=match.rules,
        played_at=match.played_at,
        rated=rated,
        delay=match.delay,
    ):
        return False
    changes = await _rate_players(session, match, outcome) if rated else {}
    await insert_participations(session, _participation_rows(match, outcome, here, changes))
    await add_to_player_totals(
        session,
        mode=ONLINE,
        longest_rally=outcome.longest_rally,
        won={side.player_id: outcome.winner == number for number, side in here.items()},
    )
    if is_of_two:
        await add_to_opponent_totals(session, _encounters(match, outcome), at=match.played_at)
    return True


async def _lock_players(session: AsyncSession, match: OnlineMatch) -> dict[int, OnlineSide]:
    """Return the sides whose players are not erased, and keep these from being erased until the transaction ends."""
    sides = _players_by_side(match)
    here = await lock_players_against_erasure(
        session, ErasedPlayer, [side.player_id for side in sides.values()]
    )
    return {number: side for number, side in sides.items() if side.player_id in here}


async def _rate_players(
    session: AsyncSession, match: OnlineMatch, outcome: Outcome
) -> Mapping[UUID, RatedChange]:
    contenders = {
        number: RatedPlayer(side.player_id, side.name)
        for number, side in _players_by_side(match).items()
    }
    return await rate_match(
        session,
        match_id=match.match_id,
        at=match.played_at,
        winner=contenders[outcome.winner],
        loser=contenders[LEFT + RIGHT - outcome.winner],
    )


def _participation_rows(
    match: OnlineMatch,
    outcome: Outcome,
    here: Mapping[int, OnlineSide],
    changes: Mapping[UUID, RatedChange],
) -> list[dict[str, object]]:
    shared = {"match_id": match.match_id, "mode": ONLINE, "played_at": match.played_at}
    return [
        {
            **shared,
            **_player_columns(here.get(number), changes),
            "side": number,
            "kind": "player",
            "outcome": "won" if outcome.winner == number else "lost",
        }
        for number in (LEFT, RIGHT)
    ]


def _player_columns(
    side: OnlineSide | None, changes: Mapping[UUID, RatedChange]
) -> dict[str, object]:
    change = changes.get(side.player_id) if side else None
    return {
        "player_id": side.player_id if side else None,
        "name": side.name if side else DELETED_PLAYER,
        "late": side.late if side else None,
        "rtt_ms": (side.rtt_ms or None) if side else None,
        "rating_before": change.rating_before if change else None,
        "rating_after": change.rating_after if change else None,
    }


def _encounters(match: OnlineMatch, outcome: Outcome) -> list[OpponentResult]:
    sides = _players_by_side(match)
    return [
        OpponentResult(
            player_id=side.player_id,
            opponent_id=sides[LEFT + RIGHT - number].player_id,
            opponent_name=sides[LEFT + RIGHT - number].name,
            won=outcome.winner == number,
        )
        for number, side in sides.items()
    ]


def _players_by_side(match: OnlineMatch) -> dict[int, OnlineSide]:
    return {LEFT: match.left, RIGHT: match.right}
