"""Brackets as tournament sends them, in any size, with just enough content to show them."""

from collections.abc import Callable, Sequence
from uuid import UUID, uuid5

import msgspec

from contracts.tournament.tournaments import (
    BracketDetails,
    BracketSection,
    EntrantDetails,
    OutcomeKind,
    OwnEntry,
    PairingDetails,
    PairingState,
    StandingDetails,
    TournamentDetails,
    TournamentFormat,
    TournamentState,
)
from tests.stand_ins.auth import NAMESPACE
from tests.stand_ins.kept_tournaments import PLAIN
from ui.clients.tournaments import NOBODY

TOURNAMENT_ID = uuid5(NAMESPACE, "cup")
TIE_BREAKS = ("score", "wins", "losses", "direct", "buchholz", "sonneborn", "difference")


def entrants(names: Sequence[str]) -> list[EntrantDetails]:
    return [
        EntrantDetails(
            seed=seed,
            entry_id=uuid5(NAMESPACE, f"entry {seed}"),
            player_id=None,
            name=name,
            rating=None,
            state="playing",
            late=False,
            place=None,
        )
        for seed, name in enumerate(names, 1)
    ]


def crowd(size: int) -> list[EntrantDetails]:
    return entrants([f"Player {seed}" for seed in range(1, size + 1)])


def pairing(
    number: int,
    one: int | None,
    other: int | None,
    *,
    section: BracketSection = "winners",
    round_: int = 1,
    how: OutcomeKind | None = None,
    winner: int | None = None,
    state: PairingState | None = None,
    scores: tuple[int, int] = (0, 0),
    match_id: UUID | None = None,
) -> PairingDetails:
    return PairingDetails(
        number=number,
        section=section,
        round=round_,
        one=one,
        other=other,
        state=state or ("over" if how else "waiting"),
        how=how,
        winner=winner,
        one_score=scores[0],
        other_score=scores[1],
        match_id=match_id,
    )


def bracket(
    format_: TournamentFormat,
    people: list[EntrantDetails],
    pairings: list[PairingDetails],
    *,
    state: TournamentState = "running",
    round_: int = 1,
    standings: list[StandingDetails] | None = None,
) -> BracketDetails:
    return BracketDetails(
        revision=1,
        format=format_,
        state=state,
        round=round_,
        rounds=1,
        entrants=people,
        pairings=pairings,
        standings=standings or [],
    )


def tournament(**values: object) -> TournamentDetails:
    given = {
        **PLAIN,
        "id": str(TOURNAMENT_ID),
        "state": "running",
        "entries": 8,
        "started_at": PLAIN["created_at"],
        "waiting": 0,
        "checked_in": 0,
        "revision": 1,
        "organised": False,
        "invitation": None,
        "own": None,
        **values,
    }
    return msgspec.convert(given, TournamentDetails)


def own(seed: int) -> OwnEntry:
    return OwnEntry(
        id=uuid5(NAMESPACE, f"entry {seed}"),
        state="playing",
        checked_in=True,
        seed=seed,
        place=None,
        line=None,
    )


def standing(seed: int, place: int | None = None, **values: int) -> StandingDetails:
    """Return a row of the standings; figures that are not given are 0."""
    nought = dict.fromkeys(TIE_BREAKS, 0)
    return StandingDetails(seed=seed, place=place, **(nought | values))


def single_elimination(size: int, *, double: bool = False) -> BracketDetails:
    """Return a bracket at its start: byes are decided, the first round is
    called, other rounds wait."""
    places = _places(size)
    numbers = iter(range(1, 10_000))
    found: list[PairingDetails] = []
    round_, width = 1, len(places) // 2
    players: list[int | None] = [seed if seed <= size else NOBODY for seed in places]
    while width >= 1:
        alone = width == 1 and not double
        section: BracketSection = "final" if alone else "winners"
        ahead: list[int | None] = []
        for one, other in zip(players[::2], players[1::2], strict=True):
            made = _first(next(numbers), one, other, section, 1 if alone else round_)
            found.append(made)
            ahead.append(made.winner)
        players, width, round_ = ahead, width // 2, round_ + 1
    if double:
        found += _losers(len(places), numbers.__next__)
    return bracket("double_elimination" if double else "single_elimination", crowd(size), found)


def swiss(size: int, rounds: int) -> BracketDetails:
    """Return a Swiss bracket in its last round; the better seed has won each earlier match."""
    half = size // 2
    found = [
        pairing(
            (round_ - 1) * half + place,
            place,
            half + place,
            section="round",
            round_=round_,
            how="played" if round_ < rounds else None,
            winner=place if round_ < rounds else None,
            scores=(7, 3) if round_ < rounds else (0, 0),
            state=None if round_ < rounds else "called",
        )
        for round_ in range(1, rounds + 1)
        for place in range(1, half + 1)
    ]
    standings = [
        standing(seed, 1 if seed <= half else half + 1, score=rounds - 1)
        for seed in range(1, size + 1)
    ]
    return bracket("swiss", crowd(size), found, round_=rounds, standings=standings)


def _places(size: int) -> list[int]:
    order = [1]
    while len(order) < size:
        total = 2 * len(order) + 1
        order = [seed for each in order for seed in (each, total - each)]
    return order


def _first(
    number: int, one: int | None, other: int | None, section: BracketSection, round_: int
) -> PairingDetails:
    known = {one, other} - {NOBODY, None}
    if NOBODY in {one, other} and known:
        [alone] = known
        return pairing(number, one, other, section=section, round_=round_, how="bye", winner=alone)
    state: PairingState = "called" if one and other else "waiting"
    return pairing(number, one, other, section=section, round_=round_, state=state)


def _losers(places: int, number: Callable[[], int]) -> list[PairingDetails]:
    found = []
    width, round_ = places // 4, 1
    while width >= 1:
        for _ in range(2):
            found += [
                pairing(number(), None, None, section="losers", round_=round_) for _ in range(width)
            ]
            round_ += 1
        width //= 2
    for section in ("final", "reset"):
        found.append(pairing(number(), None, None, section=section))
    return found
