"""Builds the view of the bracket page from the tournament's data and the reader's choices."""

from collections.abc import Sequence
from typing import Final

import msgspec

from contracts.tournament.tournaments import BracketDetails, PairingDetails, TournamentDetails
from ui.links import urls
from ui.tournaments.bracket_cards import BracketReader, CardFactory
from ui.tournaments.bracket_rounds import (
    ALL_ROUNDS,
    BracketTree,
    RoundList,
    round_key_of,
    round_lists_of,
    round_titles,
    trees_of,
)
from ui.tournaments.bracket_search import SearchResult, find_players, search_result_of
from ui.tournaments.standings_view import (
    STANDINGS_KEY,
    CrossTableRow,
    StandingsTable,
    cross_table,
    standings_table_of,
)

MOST_REQUESTED_ROUNDS: Final = 100
"""Rounds that one page opens at most; more than any bracket has."""


class BracketView(msgspec.Struct, frozen=True, kw_only=True):
    revision: int
    standings: StandingsTable | None
    regions: list[BracketTree]
    rounds: list[RoundList]
    cross: list[CrossTableRow]
    found: SearchResult | None
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
    asked = frozenset(show[:MOST_REQUESTED_ROUNDS])
    entrants = find_players(bracket, find)
    reader = BracketReader(
        own_seed=tournament.own.seed if tournament.own else None,
        may_correct=tournament.may("correct"),
        found=frozenset(each.seed for each in entrants),
    )
    cards = CardFactory(tournament.id, tournament.kind, bracket, reader)
    elimination = bracket.format.endswith("elimination")
    regions = trees_of(bracket, cards, asked) if elimination else []
    rounds = [] if elimination else round_lists_of(bracket, cards, asked)
    standings = standings_table_of(bracket, reader, asked)
    lists = [*rounds, *(each for region in regions for each in region.early)]
    return BracketView(
        revision=bracket.revision,
        standings=standings,
        regions=regions,
        rounds=rounds,
        cross=cross_table(bracket),
        found=search_result_of(bracket, cards, round_titles(bracket), find, entrants)
        if find.strip()
        else None,
        shown=sorted(asked & {STANDINGS_KEY, ALL_ROUNDS, *(each.key for each in lists)}),
        jump=_jump_target(
            tournament, bracket, reader.own_seed, asked, _pairings_on_page(regions, lists)
        ),
        folded=ALL_ROUNDS not in asked and _is_folded(lists, standings),
    )


def _is_folded(lists: Sequence[RoundList], standings: StandingsTable | None) -> bool:
    return any(each.left_out for each in lists) or bool(standings and standings.left_out)


def _pairings_on_page(regions: Sequence[BracketTree], lists: Sequence[RoundList]) -> frozenset[int]:
    in_trees = (each.cards for region in regions for each in region.columns)
    in_lists = (each.cards for each in lists)
    return frozenset(card.number for cards in (*in_trees, *in_lists) for card in cards)


def _jump_target(
    tournament: TournamentDetails,
    bracket: BracketDetails,
    own_seed: int | None,
    asked: frozenset[str],
    on_the_page: frozenset[int],
) -> str:
    own = [each for each in bracket.pairings if own_seed and own_seed in (each.one, each.other)]
    if not own:
        return ""
    pairing = _current_pairing(own)
    anchor = f"#pairing-{pairing.number}"
    if pairing.number in on_the_page:
        return anchor
    show = sorted({*asked, round_key_of(pairing)})
    return urls.tournament_bracket(tournament.id, show=show) + anchor


def _current_pairing(own: Sequence[PairingDetails]) -> PairingDetails:
    ahead = [each for each in own if each.state != "over"]
    # A bye is jumped to only if there is no match.
    played = [each for each in own if each.one and each.other]
    return ahead[0] if ahead else (played or own)[-1]
