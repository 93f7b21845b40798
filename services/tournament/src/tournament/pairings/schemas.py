"""Pairings as wire types."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import (
    BracketDetails,
    EntrantDetails,
    PairingDetails,
    StandingDetails,
)
from tournament.bracket.facts import Standing
from tournament.bracket.settling import bracket_from_facts
from tournament.pairings import queries
from tournament.pairings.errors import NotStarted
from tournament.pairings.models import CALLED, OVER
from tournament.pairings.rows import EntrantRow, PairingRow, facts_of
from tournament.tournaments.models import Tournament


async def read_bracket(session: AsyncSession, tournament: Tournament) -> BracketDetails:
    """Return a tournament's bracket.

    Raises:
        NotStarted: the tournament has not started.
    """
    if tournament.started_at is None:
        raise NotStarted
    rows = await queries.read_rows(session, tournament.id)
    # In a thread, as in `advance_tournament`.
    bracket = await asyncio.to_thread(bracket_from_facts, facts_of(tournament, rows))
    return BracketDetails(
        revision=tournament.revision,
        format=tournament.format,
        state=tournament.state,
        round=bracket.round,
        rounds=bracket.rounds,
        entrants=[_entrant_to_schema(each) for each in rows.entrants],
        pairings=[pairing_to_schema(each) for each in rows.pairings],
        standings=[_standing_to_schema(each) for each in bracket.standings],
    )


def pairing_to_schema(row: PairingRow) -> PairingDetails:
    """Return a pairing as a wire type, without ready states once it is over."""
    return PairingDetails(
        number=row.number,
        section=row.section,
        round=row.round,
        one=row.one,
        other=row.other,
        state=row.state,
        how=row.how,
        winner=row.winner,
        one_score=row.one_score,
        other_score=row.other_score,
        one_ready=row.one_ready and row.state != OVER,
        other_ready=row.other_ready and row.state != OVER,
        deadline=row.deadline if row.state == CALLED else None,
        match_id=row.match_id,
    )


def _entrant_to_schema(row: EntrantRow) -> EntrantDetails:
    return EntrantDetails(
        seed=row.seed,
        entry_id=row.id,
        player_id=row.player_id,
        name=row.name,
        rating=row.rating,
        state=row.state,
        late=row.late,
        place=row.place,
    )


def _standing_to_schema(line: Standing) -> StandingDetails:
    return StandingDetails(
        seed=line.entrant,
        place=line.place,
        score=line.score,
        wins=line.wins,
        losses=line.losses,
        direct=line.direct,
        buchholz=line.buchholz,
        sonneborn=line.sonneborn,
        difference=line.difference,
    )
