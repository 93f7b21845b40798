"""What the rules of brackets take and give. Entrants are numbers: 1 is the best seed, late ones come after the rest."""

from typing import Final

import msgspec

from contracts.tournament.tournaments import Format, How, Section

NOBODY: Final = 0
"""In a place to which nobody comes any more."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What does not change once a tournament has begun."""

    format: Format
    entrants: int
    """Those who were there at the start; at least two."""
    third_place: bool = False
    """Single elimination: whether the losers of the semi-finals play for the third place."""
    rounds: int = 1
    """Swiss: how many rounds. Round robin: how often everybody meets everybody, one or two times."""


class Outcome(msgspec.Struct, frozen=True):
    """How a pairing ended; `winner` is an entrant or NOBODY."""

    how: How
    winner: int = NOBODY
    one_score: int = 0
    other_score: int = 0


class Drawn(msgspec.Struct, frozen=True):
    """A pairing of a Swiss round that was drawn before."""

    number: int
    round: int
    one: int
    other: int
    """NOBODY: a bye."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that has happened. The same facts give the same bracket, in whatever order they came."""

    setup: Setup
    outcomes: dict[int, Outcome] = {}
    """By the pairing's number; none that is in FOLLOWS."""
    gone: frozenset[int] = frozenset()
    """Who plays no more: withdrawn or disqualified. Of the pairings without an outcome they lose each."""
    late: int = 0
    """Swiss: how many have come since the start; the first of them is number `entrants + 1`."""
    drawn: tuple[Drawn, ...] = ()
    """Swiss: every round so far."""


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """Two places in a bracket. Its number never changes, and numbers follow the order of play."""

    number: int
    section: Section
    round: int
    """Within the section, from 1."""
    one: int | None
    """An entrant, NOBODY, or None while it is not known who comes."""
    other: int | None
    outcome: Outcome | None
    ready: bool
    """It can be played now: both entrants are there, it has no outcome, and whatever must come first is over."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An entrant's line. Tie-breaks are 0 where the format has none."""

    entrant: int
    place: int | None
    """1 is the best, shared by those whom nothing tells apart; None while an elimination goes on for them."""
    score: int
    """Round robin and Swiss: a win or a bye is one point."""
    wins: int
    losses: int
    direct: int
    buchholz: int
    sonneborn: int
    difference: int
    """Points made less points lost, in matches that were played."""


class Bracket(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tournament stands."""

    pairings: tuple[Pairing, ...]
    """By number."""
    standings: tuple[Standing, ...]
    """The best first, everybody in it."""
    round: int
    """Swiss and round robin: the round that is on, or the last. Elimination: 0."""
    rounds: int
    """How many rounds there are to be."""
    over: bool
