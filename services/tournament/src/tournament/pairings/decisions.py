"""Decides pairings whose match has ended or whose call has expired. Pure functions."""

from typing import Final, NamedTuple

from contracts.tournament.tournaments import OutcomeKind
from pong.court import LEFT
from tournament.bracket.facts import NOBODY, Outcome
from tournament.pairings.rows import PairingRow

MOST_MATCHES_WITHOUT_RESULT: Final = 3
"""Matches without a result, although both players were present, after which neither player wins the pairing.

Such matches are faults of the service, or reached the limit of 30 min."""


class EndedMatch(NamedTuple):
    """An ended live match, as its row has it."""

    left_is_one: bool
    winner: int | None
    """None: the match was void."""
    forfeited: bool
    left_score: int
    right_score: int
    left_absent: bool
    right_absent: bool


class Decision(NamedTuple):
    """The decision about a pairing."""

    row: PairingRow
    outcome: Outcome | None
    """None: the pairing is called again."""
    absent: tuple[int, ...] = ()
    """The seeds of absent players."""
    recorded: bool = False
    """History gets a record of the match."""


def decide_ended_match(row: PairingRow, match: EndedMatch | None) -> Decision:
    """Decide a pairing whose match has ended.

    Without a match, its row was deleted with an erased player or long after the end; the pairing is then called again.
    """
    if match is None:
        return _decide_by_absence(row, one_absent=False, other_absent=False)
    left, right = (match.left_score, match.left_absent), (match.right_score, match.right_absent)
    one, other = (left, right) if match.left_is_one else (right, left)
    if match.winner is None:
        return _decide_by_absence(row, one_absent=one[1], other_absent=other[1])
    one_won = (match.winner == LEFT) == match.left_is_one
    winner = (row.one if one_won else row.other) or NOBODY
    how: OutcomeKind = "forfeit" if match.forfeited else "played"
    return Decision(row, Outcome(how, winner, one[0], other[0]), recorded=True)


def decide_expired_call(row: PairingRow) -> Decision:
    """Decide a called pairing whose deadline has passed: players who did not report ready are absent."""
    return _decide_by_absence(row, one_absent=not row.one_ready, other_absent=not row.other_ready)


def _decide_by_absence(row: PairingRow, *, one_absent: bool, other_absent: bool) -> Decision:
    one, other = row.one or NOBODY, row.other or NOBODY
    if one_absent and other_absent:
        return Decision(row, Outcome("double_forfeit"), (one, other))
    if one_absent:
        return Decision(row, Outcome("forfeit", other), (one,))
    if other_absent:
        return Decision(row, Outcome("forfeit", one), (other,))
    if row.attempts >= MOST_MATCHES_WITHOUT_RESULT:
        return Decision(row, Outcome("double_forfeit"))
    return Decision(row, None)
