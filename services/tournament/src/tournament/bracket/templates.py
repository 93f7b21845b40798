"""The bracket of an elimination before any match: from where the players of each pairing come."""

from typing import NamedTuple

from contracts.tournament.tournaments import BracketSection


class Seed(NamedTuple):
    """A place for a seed; empty if the number is beyond the last entrant."""

    seed: int


class WinnerOf(NamedTuple):
    number: int


class LoserOf(NamedTuple):
    number: int


PlayerSource = Seed | WinnerOf | LoserOf


class PairingTemplate(NamedTuple):
    """A planned pairing. Numbers follow an order of play, each after the pairings that its places depend on."""

    number: int
    section: BracketSection
    round: int
    one: PlayerSource
    other: PlayerSource
    place: int
    """The final place of a player who is out after it."""


def bracket_size(entrants: int) -> int:
    """Return the smallest power of two with a place for all entrants."""
    return 1 << (entrants - 1).bit_length()


def first_round_seeds(entrants: int) -> list[tuple[Seed, Seed]]:
    """Place the seeds so that the best two can meet in the last round only, the best four in the last two, and so on.

    In each step all opponents' seeds have the same sum, so that the best seeds get the empty places.
    """
    order = [1]
    while len(order) < bracket_size(entrants):
        total = 2 * len(order) + 1
        order = [seed for each in order for seed in (each, total - each)]
    places = [Seed(seed) for seed in order]
    return list(zip(places[::2], places[1::2], strict=True))
