"""Builds the view of the bracket page from the tournament's data and the reader's choices."""

from collections.abc import Sequence
from typing import Final

import msgspec

from contracts.tournament.tournaments import BracketDetails, PairingDetails, TournamentDetails
from ui.links import urls
from ui.tournaments.bracket_cards import Cards, Reader
from ui.tournaments.bracket_rounds import (
    EVERYTHING,
    Region,
    Round,
    key_of,
    regions_of,
    round_titles,
    rounds_of,
)
from ui.tournaments.bracket_search import Found, find_players, paths_of
from ui.tournaments.standings_view import (
    STANDINGS,
    CrossRow,
    StandingsTable,
    cross_table,
    standings_of,
)

MOST_ASKED: Final = 100
"""Rounds that one page opens at most; more than any bracket has."""


class BracketView(msgspec.Struct, frozen=True, kw_only=True):
    revision: int
    standings: StandingsTable | None
    regions: list[Region]
    rounds: list[Round]
    cross: list[CrossRow]
    found: Found | None
    shown: list[str]
    """The rounds that the reader has opened, for links and reloads."""
    jump: str
    """Anchor of the reader's own match: the current or next one, or else the last."""
    folded: bool
    """Whether a part is not on the page, and would be missing in print."""


def bracket_view(
    tournament: TournamentDetails,
    bracket: BracketDetails,
    *,
    find: str = "",
    show: Sequence[str] = (),
) -> BracketView:
    asked = frozenset(show[:MOST_ASKED])
    entrants = find_players(bracket, find)
    reader = Reader(
        own_seed=tournament.own.seed if tournament.own else None,
        may_correct=tournament.may("correct"),
        found=frozenset(each.seed for each in entrants),
    )
    cards = Cards(tournament.id, tournament.kind, bracket, reader)
    elimination = bracket.format.endswith("elimination")
    regions = regions_of(bracket, cards, asked) if elimination else []
    rounds = [] if elimination else rounds_of(bracket, cards, asked)
    standings = standings_of(bracket, reader, asked)
    lists = [*rounds, *(each for region in regions for each in region.early)]
    return BracketView(
        revision=bracket.revision,
        standings=standings,
        regions=regions,
        rounds=rounds,
        cross=cross_table(bracket),
        found=paths_of(bracket, cards, round_titles(bracket), find, entrants)
        if find.strip()
        else None,
        shown=sorted(asked & {STANDINGS, EVERYTHING, *(each.key for each in lists)}),
        jump=_jump(tournament, bracket, reader.own_seed, asked, _on_the_page(regions, lists)),
        folded=EVERYTHING not in asked and _folded(lists, standings),
    )


def _folded(lists: Sequence[Round], standings: StandingsTable | None) -> bool:
    return any(each.left_out for each in lists) or bool(standings and standings.left_out)


def _on_the_page(regions: Sequence[Region], lists: Sequence[Round]) -> frozenset[int]:
    in_trees = (each.cards for region in regions for each in region.columns)
    in_lists = (each.cards for each in lists)
    return frozenset(card.number for cards in (*in_trees, *in_lists) for card in cards)


def _jump(
    tournament: TournamentDetails,
    bracket: BracketDetails,
    own_seed: int | None,
    asked: frozenset[str],
    on_the_page: frozenset[int],
) -> str:
    own = [each for each in bracket.pairings if own_seed and own_seed in (each.one, each.other)]
    if not own:
        return ""
    pairing = _current(own)
    anchor = f"#pairing-{pairing.number}"
    if pairing.number in on_the_page:
        return anchor
    show = sorted({*asked, key_of(pairing)})
    return urls.tournament_bracket(tournament.id, show=show) + anchor


def _current(own: Sequence[PairingDetails]) -> PairingDetails:
    ahead = [each for each in own if each.state != "over"]
    # A bye is jumped to only if there is no match.
    played = [each for each in own if each.one and each.other]
    return ahead[0] if ahead else (played or own)[-1]
