"""A bracket as rounds: the last ones of an elimination as columns of a tree, all others as lists that open.

A page of 1,024 players has to stay readable and light. So only what is on, and where it leads, is there from the start;
every other round is a line that says how it stands, and is fetched when somebody opens it.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Final, Literal

import msgspec

from contracts.tournament.tournaments import BracketDetails, PairingDetails, Section
from ui.tournaments.bracket_cards import Card, Cards, kind_of

TREE_PAIRINGS: Final = {"winners": 16, "losers": 8}
"""The most pairings in a column of a tree: a screen or so. The losers' tree has twice as many columns."""
ALL_AT_ONCE: Final = 80
"""Where a bracket has no more pairings than that, closed rounds are on the page too."""
OPEN_AT_ONCE: Final = 64
"""A round that is on is open, if it has no more matches than that; of a larger one some are shown."""
SHOWN_OF_MANY: Final = 24
NAMED_BYES: Final = 32
EVERYTHING: Final = "all"
"""What one asks for to have every round opened: to print it."""

SECTIONS: Final[Sequence[Section]] = ("winners", "losers", "final", "reset", "third_place", "round")
ONLY_ONE: Final[Mapping[Section, str]] = {
    "final": "Final",
    "reset": "Second final",
    "third_place": "Third place",
}
PLAYERS_LEFT: Final = {2: "Semi-finals", 4: "Quarter-finals"}
"""By how many pairings a round of a single elimination has."""

Progress = Literal["over", "on", "to come"]
Titles = dict[tuple[Section, int], str]
"""By section and round."""
Joins = Literal["pairs", "lines", ""]
"""How a column leads to the next: two pairings to one, one to one, or not."""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """A list of matches that opens."""

    key: str
    title: str
    state: Progress
    progress: str
    opened: bool
    asked: bool
    """The reader wants all of it."""
    cards: list[Card]
    byes: list[Card]
    """Who is named of those without a match: a few, or all where somebody wants them."""
    free: int
    """How many have none."""
    left_out: int
    """How many matches are not among the cards."""
    matches: int


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A round in a tree."""

    key: str
    title: str
    state: Progress
    joins: Joins
    joined: Joins
    """How the column before leads here."""
    cards: list[Card]


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an elimination that is a tree of its own."""

    key: str
    title: str
    titled: bool
    """Its title says something that those of its columns do not."""
    early: list[Round]
    columns: list[Column]


class _Stage(msgspec.Struct, frozen=True, kw_only=True):
    """The pairings of a round, before it is decided how it is shown."""

    section: Section
    round: int
    title: str
    pairings: list[PairingDetails]

    @property
    def key(self) -> str:
        return f"{self.section.replace('_', '-')}-{self.round}"

    @property
    def matches(self) -> list[PairingDetails]:
        return [each for each in self.pairings if kind_of(each) == "match"]

    @property
    def state(self) -> Progress:
        if any(each.state in {"called", "playing"} for each in self.pairings):
            return "on"
        if all(each.state == "over" for each in self.pairings):
            return "over"
        # Between two matches of a round nothing is on for a moment.
        return "on" if any(each.state == "over" for each in self.matches) else "to come"


def regions_of(bracket: BracketDetails, cards: Cards, asked: frozenset[str]) -> list[Region]:
    """An elimination's trees: the winners', the losers', the final, the match for the third place."""
    stages = _stages(bracket)
    everything = len(bracket.pairings) <= ALL_AT_ONCE
    regions = []
    for key, title, sections in _parts(bracket):
        own = [each for each in stages if each.section in sections and not _unneeded(each)]
        if not own:
            continue
        most = TREE_PAIRINGS["losers" if key == "losers" else "winners"]
        first = next((i for i, each in enumerate(own) if len(each.pairings) <= most), len(own))
        early = [_round(each, cards, asked, everything=everything) for each in own[:first]]
        columns = _columns(own[first:], cards)
        regions.append(
            Region(
                key=key,
                title=title,
                titled=key in {"winners", "losers"} and bracket.format == "double_elimination",
                early=early,
                columns=columns,
            )
        )
    return regions


def rounds_of(bracket: BracketDetails, cards: Cards, asked: frozenset[str]) -> list[Round]:
    """The rounds of a round robin or a Swiss: the one that is on, those before it backwards, those to come."""
    stages = _stages(bracket)
    everything = len(bracket.pairings) <= ALL_AT_ONCE
    now = [each for each in stages if each.round == bracket.round]
    before = [each for each in reversed(stages) if each.round < bracket.round]
    later = [each for each in stages if each.round > bracket.round]
    return [
        _round(each, cards, asked, everything=everything, latest=each.round == bracket.round)
        for each in (*now, *before, *later)
    ]


def round_titles(bracket: BracketDetails) -> Titles:
    return {(each.section, each.round): each.title for each in _stages(bracket)}


def key_of(pairing: PairingDetails) -> str:
    """Of the round that a pairing belongs to."""
    return f"{pairing.section.replace('_', '-')}-{pairing.round}"


def _stages(bracket: BracketDetails) -> list[_Stage]:
    def place(pairing: PairingDetails) -> tuple[int, int, int]:
        return SECTIONS.index(pairing.section), pairing.round, pairing.number

    ordered = sorted(bracket.pairings, key=place)
    found = [
        (section, number, list(pairings))
        for (section, number), pairings in groupby(ordered, key=lambda it: (it.section, it.round))
    ]
    last = {section: number for section, number, _ in found}
    return [
        _Stage(
            section=section,
            round=number,
            title=_title(bracket, section, number, len(pairings), last=number == last[section]),
            pairings=pairings,
        )
        for section, number, pairings in found
    ]


def _title(
    bracket: BracketDetails, section: Section, number: int, pairings: int, *, last: bool
) -> str:
    if section in ONLY_ONE:
        return ONLY_ONE[section]
    if section == "losers":
        return "Losers’ final" if last else f"Losers’ round {number}"
    if section == "winners" and bracket.format == "double_elimination":
        return "Winners’ final" if last else f"Round {number}"
    if section == "winners":
        return PLAYERS_LEFT.get(pairings, f"Round of {2 * pairings}")
    return f"Round {number}"


def _parts(bracket: BracketDetails) -> list[tuple[str, str, tuple[Section, ...]]]:
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


def _unneeded(stage: _Stage) -> bool:
    return all(each.how == "unneeded" for each in stage.pairings)


def _columns(stages: list[_Stage], cards: Cards) -> list[Column]:
    # Rounds in which nobody plays come first where there are few players; nothing leads to them.
    first = next((i for i, each in enumerate(stages) if each.matches), 0)
    shown = stages[first:]
    joins = [_joins(one, other) for one, other in pairwise(shown)]
    return [
        Column(
            key=stage.key,
            title=stage.title,
            state=stage.state,
            joins=after,
            joined=before,
            cards=cards.of(stage.pairings),
        )
        for stage, before, after in zip(shown, ["", *joins], [*joins, ""], strict=True)
    ]


def _joins(one: _Stage, other: _Stage) -> Joins:
    if len(one.pairings) == 2 * len(other.pairings):
        return "pairs"
    return "lines" if len(one.pairings) == len(other.pairings) else ""


def _round(
    stage: _Stage, cards: Cards, asked: frozenset[str], *, everything: bool, latest: bool = False
) -> Round:
    matches = stage.matches
    byes = [each for each in stage.pairings if kind_of(each) == "bye" and (each.one or each.other)]
    wanted = stage.key in asked or EVERYTHING in asked
    opened = wanted or latest or stage.state == "on"
    if wanted or everything or (opened and len(matches) <= OPEN_AT_ONCE):
        shown = matches
    else:
        shown = _most_telling(matches) if opened else []
    return Round(
        key=stage.key,
        title=stage.title,
        state=stage.state,
        progress=_progress(stage.state, matches),
        opened=opened,
        asked=stage.key in asked,
        cards=cards.of(shown),
        byes=cards.of(byes if wanted or len(byes) <= NAMED_BYES else []),
        free=len(byes),
        left_out=len(matches) - len(shown),
        matches=len(matches),
    )


def _most_telling(matches: list[PairingDetails]) -> list[PairingDetails]:
    """Those on court, then those that are called; where nothing is on, the first."""
    order = {"playing": 0, "called": 1, "waiting": 2, "over": 3}
    return sorted(matches, key=lambda each: order[each.state])[:SHOWN_OF_MANY]


def _progress(state: Progress, matches: list[PairingDetails]) -> str:
    over = sum(each.state == "over" for each in matches)
    many = f"{len(matches):,} match" + ("es" if len(matches) != 1 else "")
    if state == "on":
        return f"{over:,} of {many} over"
    return f"{many}, {'over' if state == 'over' else 'to come'}"
