"""A pairing as one sees it who looks at it: as one of the two, or from beside the court."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import (
    BracketDetails,
    How,
    MatchCall,
    PairingDetails,
    PairingState,
)
from ui.clients.tournaments import NOBODY
from ui.formats import clock
from ui.online.match_calls import seconds_until


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One side."""

    name: str
    """Empty where nobody comes, or it is not known who does."""
    own: bool = False
    ready: bool = False
    score: int | None = None
    won: bool = False
    nobody: bool = False


class Deadline(msgspec.Struct, frozen=True):
    """By when both have to be ready."""

    at: datetime
    left: int
    """Seconds."""

    @property
    def clock(self) -> str:
        return clock(self.left)


class PairingView(msgspec.Struct, frozen=True, kw_only=True):
    state: PairingState
    seats: tuple[Seat, Seat]
    """The reader's own first."""
    how: How | None = None
    deadline: Deadline | None = None
    may_be_ready: bool = False
    """The reader plays it and may say so now."""
    match_id: UUID | None = None
    """To be watched, or its record."""

    @property
    def own(self) -> bool:
        return self.seats[0].own

    @property
    def winner(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.won), None)

    @property
    def loser(self) -> Seat | None:
        return next((seat for seat in self.seats if not seat.won), None) if self.winner else None


def seen_by_player(match_call: MatchCall, name: str) -> PairingView:
    """One's own, as the list of match calls has it: the whole bracket need not be asked for every few seconds."""
    return PairingView(
        state="called",
        seats=(
            Seat(name=name, own=True, ready=match_call.ready),
            Seat(name=match_call.opponent, ready=match_call.opponent_ready),
        ),
        deadline=_deadline(match_call.deadline),
        may_be_ready=match_call.may("ready"),
    )


def seen_in(
    bracket: BracketDetails,
    pairing: PairingDetails,
    reader: UUID | None,
    match_call: MatchCall | None,
) -> PairingView:
    entrants = {each.seed: each for each in bracket.entrants}

    def seat(seed: int | None, score: int, *, ready: bool) -> Seat:
        entrant = entrants.get(seed) if seed else None
        return Seat(
            name=entrant.name if entrant else "",
            own=entrant is not None and reader is not None and entrant.player_id == reader,
            ready=ready,
            score=score if pairing.how == "played" else None,
            won=bool(seed) and pairing.winner == seed,
            nobody=seed == NOBODY,
        )

    one = seat(pairing.one, pairing.one_score, ready=pairing.one_ready)
    other = seat(pairing.other, pairing.other_score, ready=pairing.other_ready)
    deadline = pairing.deadline if pairing.state == "called" else None
    return PairingView(
        state=pairing.state,
        seats=(other, one) if other.own else (one, other),
        how=pairing.how,
        deadline=_deadline(deadline) if deadline else None,
        may_be_ready=match_call is not None and match_call.may("ready"),
        match_id=pairing.match_id,
    )


def _deadline(at: datetime) -> Deadline:
    return Deadline(at, seconds_until(at))
