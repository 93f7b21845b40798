"""Searches a bracket for players by a part of their names, and shows their matches."""

from collections.abc import Sequence
from typing import Final

import msgspec

from contracts.tournament.tournaments import BracketDetails, Entrant
from ui.tournaments.bracket_cards import Card, Cards
from ui.tournaments.bracket_rounds import Titles
from ui.tournaments.standings_view import GONE

SHOWN_AT_ONCE: Final = 6


class Step(msgspec.Struct, frozen=True):
    """One match of a player's way through the bracket."""

    title: str
    """The title of its round."""
    card: Card


class PlayerPath(msgspec.Struct, frozen=True):
    seed: int
    name: str
    note: str
    steps: list[Step]


class Found(msgspec.Struct, frozen=True):
    words: str
    ways: list[PlayerPath]
    found: int
    """The number of players found, including those not shown."""


def find_players(bracket: BracketDetails, find: str) -> list[Entrant]:
    """Return the players whose name contains a text; those whose name begins with it come first."""
    wanted = find.strip().casefold()
    if not wanted:
        return []
    found = [each for each in bracket.entrants if wanted in each.name.casefold()]
    return sorted(found, key=lambda each: not each.name.casefold().startswith(wanted))


def paths_of(
    bracket: BracketDetails,
    cards: Cards,
    titles: Titles,
    find: str,
    entrants: Sequence[Entrant],
) -> Found:
    shown = entrants[:SHOWN_AT_ONCE]
    ways = [
        PlayerPath(
            each.seed,
            each.name,
            GONE.get(each.state, ""),
            _steps(bracket, cards, titles, each.seed),
        )
        for each in shown
    ]
    return Found(_words(find.strip(), len(entrants)), ways, len(entrants))


def _words(find: str, found: int) -> str:
    if not found:
        return f"No players found for “{find}”"
    return f"{found:,} player{'s' if found != 1 else ''} found for “{find}”"


def _steps(bracket: BracketDetails, cards: Cards, titles: Titles, seed: int) -> list[Step]:
    return [
        Step(titles[each.section, each.round], cards.card(each))
        for each in bracket.pairings
        if seed in (each.one, each.other) and each.how != "unneeded"
    ]
