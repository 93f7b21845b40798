"""Verifies and stores online matches, as delivered by the service that ran them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.history.matches import OnlineMatch, OnlineSide
from contracts.history.modes import ONLINE
from history.errors import MatchRefused, OtherMatchStored, SamePlayer
from history.matches.events import log_refused_match, log_stored
from history.matches.models import DELETED_PLAYER, Participation
from history.matches.queries import find_played, get_match
from history.matches.sides import SIDES
from history.matches.storing import Stored, insert_match
from history.matches.verification import Game, Played, check_rules_and_length, simulate
from history.players.models import ErasedPlayer
from history.players.totals import Encounter, count_match, count_opponents
from history.ratings.models import RatingChange
from history.ratings.service import Contender, rate_match
from history.reads import Reads, SessionReads
from pong.court import LEFT, MAX_TICKS, RIGHT
from pong.log import Outcome
from transcendence_common.erased_players import PlayerGone, hold_player

MAX_DELIVERY_CHANGES = MAX_TICKS
"""One change per tick: a losing player must not be able to make the log too long to be stored."""


async def store_online_match(session: AsyncSession, reads: Reads, match: OnlineMatch) -> Stored:
    """Verify an online match and store the result of its simulation; a repeated delivery returns the same record.

    Raises:
        MatchRefused: a subclass for each reason why it is not a finished match of two players.
        OtherMatchStored: another match is stored under the same ID.
    """
    both, ticks = (match.left.player_id, match.right.player_id), match.inputs.ticks
    try:
        created = await _store_once(session, reads, match)
    except (MatchRefused, OtherMatchStored) as refused:
        log_refused_match(refused, match.match_id, both=both, mode=ONLINE, ticks=ticks)
        raise
    if created:
        log_stored(match.match_id, ONLINE, both=both, ticks=ticks)
    return Stored(await get_match(SessionReads(session), match.match_id, None), created)


async def _store_once(session: AsyncSession, reads: Reads, match: OnlineMatch) -> bool:
    """Store a match unless it is stored; tell whether this call stored it."""
    played = _played(match)
    # Outside of the session, as in `service`, so that no connection is held while waiting for a simulation.
    stored = await find_played(reads, match.match_id)
    if stored is None:
        if match.left.player_id == match.right.player_id:
            raise SamePlayer
        check_rules_and_length(match.rules, match.inputs, most_changes=MAX_DELIVERY_CHANGES)
        outcome = await simulate(played)
        if await _insert(session, match, played, outcome):
            return True
        # The same delivery was received twice in parallel, and the other request stored it first.
        stored = await find_played(SessionReads(session), match.match_id)
    if stored != played:
        raise OtherMatchStored(match.match_id)
    return False


def _played(match: OnlineMatch) -> Played:
    forfeited_by = SIDES[match.forfeited_by]
    return Played(Game(ONLINE, None, match.seed, match.points, forfeited_by), match.inputs)


async def _insert(
    session: AsyncSession, match: OnlineMatch, played: Played, outcome: Outcome
) -> bool:
    """Insert a match with its sides, ratings and totals, or nothing if its ID is taken."""
    here = await _hold_players(session, match)
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
    changes = await _rate(session, match, outcome) if rated else {}
    await session.execute(insert(Participation), _participations(match, outcome, here, changes))
    await count_match(
        session,
        mode=ONLINE,
        longest_rally=outcome.longest_rally,
        won={side.player_id: outcome.winner == number for number, side in here.items()},
    )
    if is_of_two:
        await count_opponents(session, _encounters(match, outcome), at=match.played_at)
    return True


async def _hold_players(session: AsyncSession, match: OnlineMatch) -> dict[int, OnlineSide]:
    """Return the sides whose players are not deleted, and lock these players until the transaction ends."""
    here = {}
    for number, side in sorted(_sides(match).items(), key=lambda each: each[1].player_id):
        try:
            await hold_player(session, ErasedPlayer, side.player_id)
        except PlayerGone:
            continue
        here[number] = side
    return here


async def _rate(
    session: AsyncSession, match: OnlineMatch, outcome: Outcome
) -> Mapping[UUID, RatingChange]:
    contenders = {
        number: Contender(side.player_id, side.name) for number, side in _sides(match).items()
    }
    return await rate_match(
        session,
        match_id=match.match_id,
        at=match.played_at,
        winner=contenders[outcome.winner],
        loser=contenders[LEFT + RIGHT - outcome.winner],
    )


def _participations(
    match: OnlineMatch,
    outcome: Outcome,
    here: Mapping[int, OnlineSide],
    changes: Mapping[UUID, RatingChange],
) -> list[dict[str, object]]:
    shared = {"match_id": match.match_id, "mode": ONLINE, "played_at": match.played_at}
    return [
        {
            **shared,
            **_who(here.get(number), changes),
            "side": number,
            "kind": "player",
            "outcome": "won" if outcome.winner == number else "lost",
        }
        for number in (LEFT, RIGHT)
    ]


def _who(side: OnlineSide | None, changes: Mapping[UUID, RatingChange]) -> dict[str, object]:
    change = changes.get(side.player_id) if side else None
    return {
        "player_id": side.player_id if side else None,
        "name": side.name if side else DELETED_PLAYER,
        "late": side.late if side else None,
        "rtt_ms": (side.rtt_ms or None) if side else None,
        "rating_before": change.rating_before if change else None,
        "rating_after": change.rating_after if change else None,
    }


def _encounters(match: OnlineMatch, outcome: Outcome) -> list[Encounter]:
    sides = _sides(match)
    return [
        Encounter(
            player_id=side.player_id,
            opponent_id=sides[LEFT + RIGHT - number].player_id,
            opponent_name=sides[LEFT + RIGHT - number].name,
            won=outcome.winner == number,
        )
        for number, side in sides.items()
    ]


def _sides(match: OnlineMatch) -> dict[int, OnlineSide]:
    return {LEFT: match.left, RIGHT: match.right}
