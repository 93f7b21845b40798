"""Cards of pairings: two lines, the state in words, and a link."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import (
    OUTCOMES_BY_RULES_ALONE,
    BracketDetails,
    EntrantDetails,
    OutcomeKind,
    PairingDetails,
    TournamentKind,
)
from ui.clients.tournaments import NOBODY
from ui.links import urls

CardKind = Literal["match", "bye", "blank"]
"""A bye is a plain line. A pairing without players leaves a blank, so that the others keep their positions."""

ENDING_TEXTS: Final[Mapping[OutcomeKind, str]] = {
    "played": "",
    "forfeit": "Forfeit",
    "double_forfeit": "Double forfeit",
    "decided": "Organiser’s decision",
    "bye": "",
    "empty": "",
    "unneeded": "Not needed",
}


class CardSide(msgspec.Struct, frozen=True):
    """One side of a pairing."""

    seed: int | None
    """None if the place is empty, or its player is not known yet."""
    name: str
    score: int | None
    won: bool
    marked: bool
    """Whether it is the reader, or a player that they searched for."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    kind: CardKind
    state: str
    one: CardSide
    other: CardSide
    verb: str
    """The word between the two names for screen readers."""
    words: str
    deadline: datetime | None
    """The time until which both players must be ready."""
    link: str
    link_words: str
    correction: str
    """The address at which the organiser corrects the result; empty for others."""
    marked: bool


class BracketReader(msgspec.Struct, frozen=True, kw_only=True):
    """The reader of the page, and the players that they searched for."""

    own_seed: int | None = None
    may_correct: bool = False
    found: frozenset[int] = frozenset()
    """Seeds of the players found."""

    @property
    def marked(self) -> frozenset[int]:
        return self.found | ({self.own_seed} if self.own_seed else set())


class CardFactory:
    """Creates the cards of one bracket for one reader."""

    def __init__(
        self,
        tournament_id: UUID,
        kind: TournamentKind,
        bracket: BracketDetails,
        reader: BracketReader,
    ) -> None:
        self._tournament_id = tournament_id
        self._watched = kind == "online"
        self._own_seed = reader.own_seed
        self._may_correct = reader.may_correct
        self._entrants: dict[int, EntrantDetails] = {each.seed: each for each in bracket.entrants}
        self._marked = reader.marked

    def make_cards(self, pairings: Iterable[PairingDetails]) -> list[Card]:
        return [self.make_card(pairing) for pairing in pairings]

    def make_card(self, pairing: PairingDetails) -> Card:
        one = self._make_side(pairing, pairing.one, pairing.one_score)
        other = self._make_side(pairing, pairing.other, pairing.other_score)
        link, link_words = self._match_link(pairing)
        return Card(
            number=pairing.number,
            kind=card_kind_of(pairing),
            state=pairing.state,
            one=one,
            other=other,
            verb="beats" if one.won else "loses to" if other.won else "against",
            words=self._status_text(pairing),
            deadline=pairing.deadline if pairing.state == "called" else None,
            link=link,
            link_words=link_words,
            correction=self._correction_path(pairing),
            marked=one.marked or other.marked,
        )

    def _make_side(self, pairing: PairingDetails, seed: int | None, score: int) -> CardSide:
        entrant = self._entrants.get(seed) if seed else None
        return CardSide(
            seed=seed or None,
            name=entrant.name if entrant else "no opponent" if seed == NOBODY else "",
            score=score if pairing.how == "played" else None,
            won=bool(seed) and pairing.winner == seed,
            marked=seed in self._marked,
        )

    def _status_text(self, pairing: PairingDetails) -> str:
        if pairing.how:
            return ENDING_TEXTS[pairing.how]
        if pairing.state == "called":
            return "" if pairing.deadline else "Up next"
        return "Live" if pairing.state == "playing" and not self._watched else ""

    def _match_link(self, pairing: PairingDetails) -> tuple[str, str]:
        own = self._own_seed is not None and self._own_seed in {pairing.one, pairing.other}
        if own and self._watched and pairing.state in {"called", "playing"}:
            return urls.pairing(self._tournament_id, pairing.number), "Play"
        if not pairing.match_id:
            return "", ""
        if pairing.state == "over":
            return urls.match(pairing.match_id), "Details"
        if pairing.state == "playing" and self._watched:
            return urls.watch_match(pairing.match_id), "Watch"
        return "", ""

    def _correction_path(self, pairing: PairingDetails) -> str:
        if not (self._may_correct and was_decided(pairing)):
            return ""
        return urls.pairing_correction(self._tournament_id, pairing.number)


def was_decided(pairing: PairingDetails) -> bool:
    """Tell whether a pairing was ended by players or the organiser, and not by the rules alone, so that the organiser
    can correct it."""
    return pairing.how is not None and pairing.how not in OUTCOMES_BY_RULES_ALONE


def card_kind_of(pairing: PairingDetails) -> CardKind:
    nobodies = (pairing.one, pairing.other).count(NOBODY)
    if was_decided(pairing) or not nobodies:
        return "match"
    return "bye" if nobodies == 1 else "blank"
