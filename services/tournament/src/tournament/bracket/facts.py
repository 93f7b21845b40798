"""Input and output types of the bracket rules. Entrants are numbers: 1 is the best seed, late entries come last."""

from typing import Final

import msgspec

from contracts.tournament.tournaments import BracketSection, OutcomeKind, TournamentFormat

NOBODY: Final = 0
"""The number in a place that stays empty."""


class BracketSetup(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a bracket, fixed from the start."""

    format: TournamentFormat
    entrants: int
    """Number of players at the start, at least 2."""
    third_place: bool = False
    """Single elimination: whether the losers of the semi-finals play for third place."""
    rounds: int = 1
    """Swiss: the number of rounds. Round robin: how often each pair meets, 1 or 2."""


class Outcome(msgspec.Struct, frozen=True):
    """How a pairing ended; `winner` is an entrant or NOBODY."""

    how: OutcomeKind
    winner: int = NOBODY
    one_score: int = 0
    other_score: int = 0


class DrawnPairing(msgspec.Struct, frozen=True):
    """A pairing of a Swiss round that has been drawn."""

    number: int
    round: int
    one: int
    other: int
    """NOBODY: a bye."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that has happened in a tournament.

    The same facts give the same bracket, in whatever order they came.
    """

    setup: BracketSetup
    outcomes: dict[int, Outcome] = {}
    """By number of the pairing; none with an outcome in FOLLOWS."""
    gone: frozenset[int] = frozenset()
    """Entrants who have withdrawn or are disqualified. They lose all their pairings without an outcome."""
    late: int = 0
    """Swiss: the number of entrants since the start; the first of them has the number `entrants + 1`."""
    drawn: tuple[DrawnPairing, ...] = ()
    """Swiss: the pairings of all rounds drawn so far."""


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing of a bracket. Its number never changes, and numbers follow the order of play."""

    number: int
    section: BracketSection
    round: int
    """Counted within the section, from 1."""
    one: int | None
    """An entrant, NOBODY, or None while it is not known."""
    other: int | None
    outcome: Outcome | None
    ready: bool
    """Whether it can be played now: both entrants are known, it has no outcome, and earlier pairings are over."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An entrant's line in the standings. Tie-breaks are 0 where the format has none."""

    entrant: int
    place: int | None
    """1 is the best, shared by complete ties; None while the entrant is still in an elimination."""
    score: int
    """Round robin and Swiss: a win or a bye is 1 point."""
    wins: int
    losses: int
    direct: int
    buchholz: int
    sonneborn: int
    difference: int
    """Points scored less points conceded, in matches that were played."""


class Bracket(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a tournament, as it follows from its facts."""

    pairings: tuple[Pairing, ...]
    """By number."""
    standings: tuple[Standing, ...]
    """All entrants, the best first."""
    round: int
    """Swiss and round robin: the current round, or the last. Elimination: 0."""
    rounds: int
    """The total number of rounds."""
    over: bool
