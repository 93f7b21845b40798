"""What an elimination looks like before anybody has played: who comes from where."""

from typing import NamedTuple

from contracts.tournament.tournaments import Section


class Seed(NamedTuple):
    """Who starts in this place; beyond the last entrant nobody does."""

    seed: int


class WinnerOf(NamedTuple):
    number: int


class LoserOf(NamedTuple):
    number: int


Source = Seed | WinnerOf | LoserOf


class Template(NamedTuple):
    """A pairing to be. They come by number, each after those that its places depend on, in an order to play them."""

    number: int
    section: Section
    round: int
    one: Source
    other: Source
    place: int
    """Of whoever is out after it."""


def bracket_size(entrants: int) -> int:
    """Return the power of two in which they all have a place."""
    return 1 << (entrants - 1).bit_length()


def first_round(entrants: int) -> list[tuple[Seed, Seed]]:
    """Place the seeds so that the best two can meet in the last round only, the best four in the last two, and so on.

    In each step everybody is given the opponent that makes their sum the same, so the best get those who are not there.
    """
    order = [1]
    while len(order) < bracket_size(entrants):
        total = 2 * len(order) + 1
        order = [seed for each in order for seed in (each, total - each)]
    places = [Seed(seed) for seed in order]
    return list(zip(places[::2], places[1::2], strict=True))
