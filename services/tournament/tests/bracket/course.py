"""Plays tournaments in a random order, and records the consequences of each
event as the service does."""

from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from contracts.tournament.tournaments import OUTCOMES_BY_RULES_ALONE, TournamentFormat
from tournament.bracket.facts import (
    NOBODY,
    Bracket,
    BracketSetup,
    DrawnPairing,
    Facts,
    Outcome,
    Pairing,
)
from tournament.bracket.settling import bracket_from_facts


class Course:
    """A running tournament."""

    def __init__(self, setup: BracketSetup, seed: int = 0) -> None:
        self.facts = Facts(setup=setup)
        self.chance = Random(seed)  # noqa: S311
        self.bracket = self._settled()

    def ready(self) -> list[Pairing]:
        return [each for each in self.bracket.pairings if each.ready]

    def report(self, number: int, outcome: Outcome) -> None:
        self.facts = replace(self.facts, outcomes={**self.facts.outcomes, number: outcome})
        self.bracket = self._settled()

    def go(self, *entrants: int) -> None:
        self.facts = replace(self.facts, gone=self.facts.gone | {*entrants})
        self.bracket = self._settled()

    def come_back(self, entrant: int) -> None:
        self.facts = replace(self.facts, gone=self.facts.gone - {entrant})
        self.bracket = self._settled()

    def come_late(self) -> None:
        self.facts = replace(self.facts, late=self.facts.late + 1)
        self.bracket = self._settled()

    def play_without_absences(self, favourites: float = 0.7) -> Iterator[Bracket]:
        """Play everything, in any order; the better seed wins with the given probability."""
        while ready := self.ready():
            self._play(self.chance.choice(ready), favourites)
            yield self.bracket

    def play_with_absences(self) -> Iterator[Bracket]:
        """Play everything, with players who are absent, withdraw, return or enter late."""
        while ready := self.ready():
            if self.chance.random() < 0.1:
                self._withdraw_or_return()
            else:
                self._end(self.chance.choice(ready))
            yield self.bracket

    def _end(self, pairing: Pairing) -> None:
        one, other = players_of(pairing)
        kind = self.chance.choices(["played", "forfeit", "double_forfeit"], [80, 12, 8])[0]
        if kind == "played":
            self._play(pairing, 0.6)
        elif kind == "forfeit":
            self.report(pairing.number, Outcome("forfeit", self.chance.choice([one, other])))
        else:
            self.report(pairing.number, Outcome("double_forfeit"))

    def _play(self, pairing: Pairing, favourites: float) -> None:
        better = min(players_of(pairing))
        worse = max(players_of(pairing))
        winner = better if self.chance.random() < favourites else worse
        self.report(pairing.number, won_by(pairing, winner, lost_with=self.chance.randrange(5)))

    def _withdraw_or_return(self) -> None:
        setup = self.facts.setup
        if setup.format == "swiss" and self.chance.random() < 0.6:
            if self.facts.gone and self.chance.random() < 0.5:
                self.come_back(self.chance.choice(sorted(self.facts.gone)))
            elif 2 * self.bracket.round <= self.bracket.rounds:
                self.come_late()
        else:
            self.go(self.chance.randint(1, setup.entrants))

    def _settled(self) -> Bracket:
        bracket = bracket_from_facts(self.facts)
        outcomes = {
            each.number: each.outcome
            for each in bracket.pairings
            if each.outcome is not None and each.outcome.how not in OUTCOMES_BY_RULES_ALONE
        }
        self.facts = replace(self.facts, outcomes=outcomes, drawn=drawn_in(bracket, self.facts))
        return bracket


def drawn_in(bracket: Bracket, facts: Facts) -> tuple[DrawnPairing, ...]:
    if facts.setup.format != "swiss":
        return ()
    return tuple(
        DrawnPairing(each.number, each.round, each.one or NOBODY, each.other or NOBODY)
        for each in bracket.pairings
    )


def players_of(pairing: Pairing) -> tuple[int, int]:
    assert pairing.one, pairing
    assert pairing.other, pairing
    return pairing.one, pairing.other


def won_by(pairing: Pairing, winner: int, *, lost_with: int = 3) -> Outcome:
    one, _ = players_of(pairing)
    return Outcome("played", winner, *((5, lost_with) if winner == one else (lost_with, 5)))


def setup_for(
    format_: TournamentFormat, entrants: int, *, rounds: int = 1, third_place: bool = False
) -> BracketSetup:
    return BracketSetup(format=format_, entrants=entrants, rounds=rounds, third_place=third_place)
