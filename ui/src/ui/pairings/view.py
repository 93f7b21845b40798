"""The view of a pairing for one of its players, or for a spectator."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import (
    BracketDetails,
    MatchCall,
    OutcomeKind,
    PairingDetails,
    PairingState,
)
from ui.clients.tournaments import NOBODY
from ui.formats import clock
from ui.online.match_calls import seconds_until


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a pairing."""

    name: str
    """Empty if the place stays empty, or its player is not known yet."""
    own: bool = False
    ready: bool = False
    score: int | None = None
    won: bool = False
    nobody: bool = False


class Deadline(msgspec.Struct, frozen=True):
    """The time until which both players must be ready."""

    at: datetime
    left: int
    """The remaining time in seconds."""

    @property
    def clock(self) -> str:
        return clock(self.left)


class PairingView(msgspec.Struct, frozen=True, kw_only=True):
    state: PairingState
    seats: tuple[Seat, Seat]
    """The reader's own seat comes first."""
    how: OutcomeKind | None = None
    deadline: Deadline | None = None
    may_be_ready: bool = False
    """Whether the reader plays it and can be ready now."""
    match_id: UUID | None = None
    """The match to watch, or of the record."""

    @property
    def own(self) -> bool:
        return self.seats[0].own

    @property
    def winner(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.won), None)

    @property
    def loser(self) -> Seat | None:
        return next((seat for seat in self.seats if not seat.won), None) if self.winner else None


def view_from_match_call(match_call: MatchCall, name: str) -> PairingView:
    """Return the view of the player's own pairing from their match call, so that polling does not load the whole
    bracket."""
    return PairingView(
        state="called",
        seats=(
            Seat(name=name, own=True, ready=match_call.ready),
            Seat(name=match_call.opponent, ready=match_call.opponent_ready),
        ),
        deadline=_make_deadline(match_call.deadline),
        may_be_ready=match_call.may("ready"),
    )


def view_from_bracket(
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
        deadline=_make_deadline(deadline) if deadline else None,
        may_be_ready=match_call is not None and match_call.may("ready"),
        match_id=pairing.match_id,
    )


def _make_deadline(at: datetime) -> Deadline:
    return Deadline(at, seconds_until(at))
