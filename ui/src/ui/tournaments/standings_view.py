"""Tables of standings, and cross tables of results."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from contracts.tournament.tournaments import (
    BracketDetails,
    EntrantDetails,
    EntryState,
    PairingDetails,
    StandingDetails,
)
from ui.formats import signed
from ui.tournaments.bracket_cards import BracketReader
from ui.tournaments.bracket_rounds import ALL_ROUNDS

ROWS_SHOWN: Final = 64
FINAL_ROWS_SHOWN: Final = 16
"""Rows shown of a finished elimination, because most lower places are shared."""
CROSS_TABLE_PLAYERS: Final = 12
"""Players up to which a cross table is shown; more names do not fit above its columns."""
STANDINGS_KEY: Final = "standings"
"""The value that shows every row."""

GONE_TEXTS: Final[Mapping[EntryState, str]] = {
    "withdrawn": "withdrawn",
    "disqualified": "disqualified",
}


class StandingsRow(msgspec.Struct, frozen=True, kw_only=True):
    place: int | None
    shared: bool
    """Whether the place is shared with the row above."""
    seed: int
    name: str
    note: str
    score: int
    balance: str
    """Wins and losses."""
    ties: tuple[str, ...]
    own: bool
    marked: bool
    leads: bool


class StandingsTable(msgspec.Struct, frozen=True, kw_only=True):
    caption: str
    ties: tuple["TieBreak", ...]
    scored: bool
    rows: list[StandingsRow]
    left_out: int
    own_row: StandingsRow | None
    """The reader's own row if it is among those left out."""
    everybody: int


class TieBreak(msgspec.Struct, frozen=True):
    short: str
    name: str
    meaning: str


class CrossTableCell(msgspec.Struct, frozen=True):
    """The results of one player against another, from the first player's side."""

    results: tuple[str, ...]
    outcome: str
    """`won`, `lost`, or empty if it is neither."""


class CrossTableRow(msgspec.Struct, frozen=True):
    seed: int
    name: str
    meetings: list[CrossTableCell | None]
    """None for the player's own column."""


TIE_BREAKS: Final = (
    TieBreak(
        "Dir",
        "Direct encounter",
        "wins against the players with the same score, if all of them have met",
    ),
    TieBreak("Buc", "Buchholz", "the sum of all opponents’ scores"),
    TieBreak("S-B", "Sonneborn-Berger", "the sum of the scores of beaten opponents"),
    TieBreak(
        "Diff", "Difference", "points scored minus points conceded, in matches that were played"
    ),
)


def standings_table_of(
    bracket: BracketDetails, reader: BracketReader, asked: frozenset[str]
) -> StandingsTable | None:
    """Return the standings, or None for an elimination that is not finished, which has none yet."""
    elimination = bracket.format.endswith("elimination")
    finished = bracket.state == "finished"
    if elimination and not finished:
        return None
    standings = bracket.standings
    most = FINAL_ROWS_SHOWN if elimination else ROWS_SHOWN
    shown = standings if asked & {STANDINGS_KEY, ALL_ROUNDS} else standings[:most]
    entrants = {each.seed: each for each in bracket.entrants}
    own = next((each for each in standings[len(shown) :] if each.seed == reader.own_seed), None)
    return StandingsTable(
        caption="Final ranking" if finished else f"Standings in round {bracket.round}",
        ties=() if elimination else TIE_BREAKS,
        scored=not elimination,
        rows=list(_standings_rows(shown, entrants, reader, elimination=elimination)),
        left_out=len(standings) - len(shown),
        own_row=next(_standings_rows([own], entrants, reader, elimination=elimination))
        if own
        else None,
        everybody=len(standings),
    )


def cross_table(bracket: BracketDetails) -> list[CrossTableRow]:
    """Return the cross table of a round robin with few players; empty for other tournaments."""
    if bracket.format != "round_robin" or len(bracket.entrants) > CROSS_TABLE_PLAYERS:
        return []
    met: dict[tuple[int, int], list[PairingDetails]] = {}
    for pairing in bracket.pairings:
        if pairing.one and pairing.other:
            met.setdefault((pairing.one, pairing.other), []).append(pairing)
            met.setdefault((pairing.other, pairing.one), []).append(pairing)
    return [
        CrossTableRow(
            one.seed,
            one.name,
            [
                None
                if one is other
                else _cross_table_cell(one.seed, met.get((one.seed, other.seed), []))
                for other in bracket.entrants
            ],
        )
        for one in bracket.entrants
    ]


def _standings_rows(
    standings: Sequence[StandingDetails],
    entrants: Mapping[int, EntrantDetails],
    reader: BracketReader,
    *,
    elimination: bool,
) -> Iterator[StandingsRow]:
    marked = reader.marked
    before: int | None = None
    for each in standings:
        entrant = entrants[each.seed]
        shared, before = each.place == before, each.place
        yield StandingsRow(
            place=each.place,
            shared=shared,
            seed=each.seed,
            name=entrant.name,
            note=GONE_TEXTS.get(entrant.state, "late entry" if entrant.late else ""),
            score=each.score,
            balance=f"{each.wins}–{each.losses}",
            ties=() if elimination else _tie_break_values(each),
            own=each.seed == reader.own_seed,
            marked=each.seed in marked,
            leads=each.place == 1,
        )


def _tie_break_values(standing: StandingDetails) -> tuple[str, ...]:
    counted = (standing.direct, standing.buchholz, standing.sonneborn)
    return (*(str(each) for each in counted), signed(standing.difference))


def _cross_table_cell(seed: int, pairings: Sequence[PairingDetails]) -> CrossTableCell:
    over = [each for each in pairings if each.state == "over"]
    won = sum(each.winner == seed for each in over)
    lost = len(over) - won
    outcome = "won" if won > lost else "lost" if lost > won else ""
    return CrossTableCell(tuple(_result_of_pairing(seed, each) for each in over), outcome)


def _result_of_pairing(seed: int, pairing: PairingDetails) -> str:
    if pairing.how != "played":
        return "won" if pairing.winner == seed else "lost"
    own, others = pairing.one_score, pairing.other_score
    if pairing.other == seed:
        own, others = others, own
    return f"{own}–{others}"
