"""Rounds of a bracket: the last ones of an elimination as columns of a tree, all others as lists that can be opened.

A page of 1,024 players must stay readable and small. Only the current rounds are on the page from the start, with those
they lead to; every other round is a line with its progress, and is loaded when it is opened.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Final, Literal

import msgspec

from contracts.tournament.tournaments import BracketDetails, BracketSection, PairingDetails
from ui.tournaments.bracket_cards import Card, CardFactory, card_kind_of

TREE_PAIRINGS: Final = {"winners": 16, "losers": 8}
"""Pairings in a tree's column at most: about one screen. The losers' tree has twice as many columns."""
MOST_SHOWN_IN_FULL: Final = 80
"""Pairings of a bracket up to which closed rounds are on the page too."""
MOST_OPENED: Final = 64
"""Matches up to which a current round is open; of a larger one only some are shown."""
SHOWN_OF_LONG_ROUND: Final = 24
NAMED_BYES: Final = 32
ALL_ROUNDS: Final = "all"
"""The value that opens every round, for printing."""

SECTIONS: Final[Sequence[BracketSection]] = (
    "winners",
    "losers",
    "final",
    "reset",
    "third_place",
    "round",
)
TITLES_OF_SINGLE_ROUNDS: Final[Mapping[BracketSection, str]] = {
    "final": "Final",
    "reset": "Second final",
    "third_place": "Third place",
}
TITLES_BY_PAIRINGS: Final = {2: "Semi-finals", 4: "Quarter-finals"}
"""Titles by the number of pairings in a round of a single elimination."""

Progress = Literal["over", "on", "to come"]
Titles = dict[tuple[BracketSection, int], str]
"""Titles by section and round."""
ColumnJoins = Literal["pairs", "lines", ""]
"""How a column leads to the next: two pairings to one, one to one, or not."""


class RoundList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of matches that can be opened."""

    key: str
    title: str
    state: Progress
    progress: str
    opened: bool
    asked: bool
    """Whether the reader has asked for the whole round."""
    cards: list[Card]
    byes: list[Card]
    """Players with a bye who are named: some, or all if the round is opened."""
    free: int
    """The number of players with a bye."""
    left_out: int
    """The number of matches without a card."""
    matches: int


class TreeColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A round in a tree."""

    key: str
    title: str
    state: Progress
    joins: ColumnJoins
    joined: ColumnJoins
    """How the previous column leads here."""
    cards: list[Card]


class BracketTree(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an elimination with its own tree."""

    key: str
    title: str
    titled: bool
    """Whether its title differs from those of its columns."""
    early: list[RoundList]
    columns: list[TreeColumn]


class _RoundPairings(msgspec.Struct, frozen=True, kw_only=True):
    """The pairings of a round, independent of how it is shown."""

    section: BracketSection
    round: int
    title: str
    pairings: list[PairingDetails]

    @property
    def key(self) -> str:
        return f"{self.section.replace('_', '-')}-{self.round}"

    @property
    def matches(self) -> list[PairingDetails]:
        return [each for each in self.pairings if card_kind_of(each) == "match"]

    @property
    def state(self) -> Progress:
        if any(each.state in {"called", "playing"} for each in self.pairings):
            return "on"
        if all(each.state == "over" for each in self.pairings):
            return "over"
        # Between two matches, a current round can have none that is called or being played.
        return "on" if any(each.state == "over" for each in self.matches) else "to come"


def trees_of(
    bracket: BracketDetails, cards: CardFactory, asked: frozenset[str]
) -> list[BracketTree]:
    """Return the trees of an elimination: winners, losers, final, third place."""
    stages = _pairings_by_round(bracket)
    everything = len(bracket.pairings) <= MOST_SHOWN_IN_FULL
    regions = []
    for key, title, sections in _tree_parts(bracket):
        own = [each for each in stages if each.section in sections and not _is_unneeded(each)]
        if not own:
            continue
        most = TREE_PAIRINGS["losers" if key == "losers" else "winners"]
        first = next((i for i, each in enumerate(own) if len(each.pairings) <= most), len(own))
        early = [
            _make_round_list(each, cards, asked, everything=everything) for each in own[:first]
        ]
        columns = _tree_columns(own[first:], cards)
        regions.append(
            BracketTree(
                key=key,
                title=title,
                titled=key in {"winners", "losers"} and bracket.format == "double_elimination",
                early=early,
                columns=columns,
            )
        )
    return regions


def round_lists_of(
    bracket: BracketDetails, cards: CardFactory, asked: frozenset[str]
) -> list[RoundList]:
    """Return the rounds of a round robin or Swiss tournament: the current one, earlier ones backwards, later ones."""
    stages = _pairings_by_round(bracket)
    everything = len(bracket.pairings) <= MOST_SHOWN_IN_FULL
    now = [each for each in stages if each.round == bracket.round]
    before = [each for each in reversed(stages) if each.round < bracket.round]
    later = [each for each in stages if each.round > bracket.round]
    return [
        _make_round_list(
            each, cards, asked, everything=everything, latest=each.round == bracket.round
        )
        for each in (*now, *before, *later)
    ]


def round_titles(bracket: BracketDetails) -> Titles:
    return {(each.section, each.round): each.title for each in _pairings_by_round(bracket)}


def round_key_of(pairing: PairingDetails) -> str:
    """Return the key of the round that a pairing belongs to."""
    return f"{pairing.section.replace('_', '-')}-{pairing.round}"


def _pairings_by_round(bracket: BracketDetails) -> list[_RoundPairings]:
    def place(pairing: PairingDetails) -> tuple[int, int, int]:
        return SECTIONS.index(pairing.section), pairing.round, pairing.number

    ordered = sorted(bracket.pairings, key=place)
    found = [
        (section, number, list(pairings))
        for (section, number), pairings in groupby(ordered, key=lambda it: (it.section, it.round))
    ]
    last = {section: number for section, number, _ in found}
    return [
        _RoundPairings(
            section=section,
            round=number,
            title=_round_title(
                bracket, section, number, len(pairings), last=number == last[section]
            ),
            pairings=pairings,
        )
        for section, number, pairings in found
    ]


def _round_title(
    bracket: BracketDetails, section: BracketSection, number: int, pairings: int, *, last: bool
) -> str:
    if section in TITLES_OF_SINGLE_ROUNDS:
        return TITLES_OF_SINGLE_ROUNDS[section]
    if section == "losers":
        return "Losers’ final" if last else f"Losers’ round {number}"
    if section == "winners" and bracket.format == "double_elimination":
        return "Winners’ final" if last else f"Round {number}"
    if section == "winners":
        return TITLES_BY_PAIRINGS.get(pairings, f"Round of {2 * pairings}")
    return f"Round {number}"


def _tree_parts(bracket: BracketDetails) -> list[tuple[str, str, tuple[BracketSection, ...]]]:
    if bracket.format == "double_elimination":
        return [
            ("winners", "Winners’ bracket", ("winners",)),
            ("losers", "Losers’ bracket", ("losers",)),
            ("final", "Final", ("final", "reset")),
        ]
    return [
        ("winners", "Bracket", ("winners", "final")),
        ("third-place", "Third place", ("third_place",)),
    ]


def _is_unneeded(stage: _RoundPairings) -> bool:
    return all(each.how == "unneeded" for each in stage.pairings)


def _tree_columns(stages: list[_RoundPairings], cards: CardFactory) -> list[TreeColumn]:
    # With few players the first rounds may have no matches; no column leads to them.
    first = next((i for i, each in enumerate(stages) if each.matches), 0)
    shown = stages[first:]
    joins = [_joins_between(one, other) for one, other in pairwise(shown)]
    return [
        TreeColumn(
            key=stage.key,
            title=stage.title,
            state=stage.state,
            joins=after,
            joined=before,
            cards=cards.make_cards(stage.pairings),
        )
        for stage, before, after in zip(shown, ["", *joins], [*joins, ""], strict=True)
    ]


def _joins_between(one: _RoundPairings, other: _RoundPairings) -> ColumnJoins:
    if len(one.pairings) == 2 * len(other.pairings):
        return "pairs"
    return "lines" if len(one.pairings) == len(other.pairings) else ""


def _make_round_list(
    stage: _RoundPairings,
    cards: CardFactory,
    asked: frozenset[str],
    *,
    everything: bool,
    latest: bool = False,
) -> RoundList:
    matches = stage.matches
    byes = [
        each for each in stage.pairings if card_kind_of(each) == "bye" and (each.one or each.other)
    ]
    wanted = stage.key in asked or ALL_ROUNDS in asked
    opened = wanted or latest or stage.state == "on"
    if wanted or everything or (opened and len(matches) <= MOST_OPENED):
        shown = matches
    else:
        shown = _most_interesting(matches) if opened else []
    return RoundList(
        key=stage.key,
        title=stage.title,
        state=stage.state,
        progress=_progress_text(stage.state, matches),
        opened=opened,
        asked=stage.key in asked,
        cards=cards.make_cards(shown),
        byes=cards.make_cards(byes if wanted or len(byes) <= NAMED_BYES else []),
        free=len(byes),
        left_out=len(matches) - len(shown),
        matches=len(matches),
    )


def _most_interesting(matches: list[PairingDetails]) -> list[PairingDetails]:
    """Return at most SHOWN_OF_LONG_ROUND matches: first those being played, then those called, waiting and over."""
    order = {"playing": 0, "called": 1, "waiting": 2, "over": 3}
    return sorted(matches, key=lambda each: order[each.state])[:SHOWN_OF_LONG_ROUND]


def _progress_text(state: Progress, matches: list[PairingDetails]) -> str:
    over = sum(each.state == "over" for each in matches)
    many = f"{len(matches):,} match" + ("es" if len(matches) != 1 else "")
    if state == "on":
        return f"{over:,} of {many} over"
    return f"{many}, {'over' if state == 'over' else 'to come'}"
