"""Searches a bracket for players by a part of their names, and shows their matches."""

from collections.abc import Sequence
from typing import Final

import msgspec

from contracts.tournament.tournaments import BracketDetails, EntrantDetails
from ui.tournaments.bracket_cards import Card, CardFactory
from ui.tournaments.bracket_rounds import Titles
from ui.tournaments.standings_view import GONE_TEXTS

PATHS_SHOWN: Final = 6


class PathStep(msgspec.Struct, frozen=True):
    """One match of a player's way through the bracket."""

    title: str
    """The title of its round."""
    card: Card


class PlayerPath(msgspec.Struct, frozen=True):
    seed: int
    name: str
    note: str
    steps: list[PathStep]


class SearchResult(msgspec.Struct, frozen=True):
    words: str
    ways: list[PlayerPath]
    found: int
    """The number of players found, including those not shown."""


def find_players(bracket: BracketDetails, find: str) -> list[EntrantDetails]:
    """Return the players whose name contains the text `find`; those whose name begins with it come first."""
    wanted = find.strip().casefold()
    if not wanted:
        return []
    found = [each for each in bracket.entrants if wanted in each.name.casefold()]
    return sorted(found, key=lambda each: not each.name.casefold().startswith(wanted))


def search_result_of(
    bracket: BracketDetails,
    cards: CardFactory,
    titles: Titles,
    find: str,
    entrants: Sequence[EntrantDetails],
) -> SearchResult:
    shown = entrants[:PATHS_SHOWN]
    ways = [
        PlayerPath(
            each.seed,
            each.name,
            GONE_TEXTS.get(each.state, ""),
            _path_steps(bracket, cards, titles, each.seed),
        )
        for each in shown
    ]
    return SearchResult(_players_found_text(find.strip(), len(entrants)), ways, len(entrants))


def _players_found_text(find: str, found: int) -> str:
    if not found:
        return f"No players found for “{find}”"
    return f"{found:,} player{'s' if found != 1 else ''} found for “{find}”"


def _path_steps(
    bracket: BracketDetails, cards: CardFactory, titles: Titles, seed: int
) -> list[PathStep]:
    return [
        PathStep(titles[each.section, each.round], cards.make_card(each))
        for each in bracket.pairings
        if seed in (each.one, each.other) and each.how != "unneeded"
    ]
