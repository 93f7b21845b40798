"""Computes the state of a tournament from its facts. Pure functions."""

from tournament.bracket.elimination import elimination_bracket
from tournament.bracket.facts import Bracket, Facts
from tournament.bracket.round_robin import round_robin_bracket
from tournament.bracket.swiss import swiss_bracket


def bracket_from_facts(facts: Facts) -> Bracket:
    """Return the bracket that follows from the facts; in Swiss with the next round once the last one is over.

    Entrants who are gone forfeit their pairings: these outcomes are in the bracket before they are among the facts.

    Raises:
        ValueError: an outcome names no pairing, or a winner who is not in it.
    """
    if facts.setup.format == "round_robin":
        return round_robin_bracket(facts)
    if facts.setup.format == "swiss":
        return swiss_bracket(facts)
    return elimination_bracket(facts)
