"""Pairings and players of a tournament as tuples of columns: a thousand ORM objects would take too long."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.tournament.tournaments import (
    OUTCOMES_BY_RULES_ALONE,
    BracketSection,
    EntryState,
    OutcomeKind,
    PairingState,
)
from tournament.bracket.facts import BracketSetup, DrawnPairing, Facts, Outcome
from tournament.tournaments.models import DISQUALIFIED, WITHDRAWN, Tournament

GONE_STATES = frozenset((WITHDRAWN, DISQUALIFIED))


class EntrantRow(NamedTuple):
    """An entry with a seed in the bracket."""

    seed: int
    id: UUID
    player_id: UUID | None
    name: str
    rating: float | None
    state: EntryState
    late: bool
    place: int | None


class PairingRow(NamedTuple):
    """All stored columns of a pairing except its tournament."""

    number: int
    section: BracketSection
    round: int
    one: int | None
    other: int | None
    state: PairingState
    called_at: datetime | None = None
    deadline: datetime | None = None
    one_ready: bool = False
    other_ready: bool = False
    match_id: UUID | None = None
    ticket: str | None = None
    attempts: int = 0
    how: OutcomeKind | None = None
    winner: int | None = None
    one_score: int = 0
    other_score: int = 0
    decided_at: datetime | None = None


class TournamentRows(NamedTuple):
    """The stored players and pairings of a tournament that has begun."""

    entrants: Sequence[EntrantRow]
    """Ordered by seed."""
    pairings: Sequence[PairingRow]
    """Ordered by number."""

    def account_ids_by_seed(self) -> dict[int, UUID]:
        """Return the account ids by seed. Aliases and erased players have none."""
        return {each.seed: each.player_id for each in self.entrants if each.player_id is not None}


def facts_of(tournament: Tournament, rows: TournamentRows) -> Facts:
    """Return the stored facts in the form that the rules take."""
    swiss = tournament.format == "swiss"
    return Facts(
        setup=BracketSetup(
            format=tournament.format,
            entrants=tournament.entrants,
            third_place=tournament.third_place,
            rounds=tournament.rounds or 1,
        ),
        outcomes={
            row.number: outcome
            for row in rows.pairings
            if (outcome := _stored_outcome(row)) is not None
            and outcome.how not in OUTCOMES_BY_RULES_ALONE
        },
        gone=frozenset(each.seed for each in rows.entrants if each.state in GONE_STATES),
        late=sum(each.late for each in rows.entrants),
        drawn=tuple(
            DrawnPairing(row.number, row.round, row.one or 0, row.other or 0)
            for row in rows.pairings
            if swiss
        ),
    )


def _stored_outcome(row: PairingRow) -> Outcome | None:
    if row.how is None or row.winner is None:
        return None
    return Outcome(row.how, row.winner, row.one_score, row.other_score)
