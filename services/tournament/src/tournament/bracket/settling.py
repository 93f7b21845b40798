"""Computes the state of a tournament from its facts. Pure functions."""

from tournament.bracket.elimination import settle_elimination
from tournament.bracket.facts import Bracket, Facts
from tournament.bracket.round_robin import settle_round_robin
from tournament.bracket.swiss import settle_swiss


def settle(facts: Facts) -> Bracket:
    """Return the bracket that follows from the facts; in Swiss with the next round once the last one is over.

    Entrants who are gone forfeit their pairings: these outcomes are in the bracket before they are among the facts.

    Raises:
        ValueError: an outcome names no pairing, or a winner who is not in it.
    """
    if facts.setup.format == "round_robin":
        return settle_round_robin(facts)
    if facts.setup.format == "swiss":
        return settle_swiss(facts)
    return settle_elimination(facts)
