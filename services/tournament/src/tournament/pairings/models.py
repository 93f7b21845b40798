"""Table of the pairings of running tournaments: the bracket and how it was played."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from contracts.tournament.tournaments import BracketSection, OutcomeKind, PairingState
from tournament.base import TournamentBase
from tournament.tournaments.models import Tournament

WAITING: Final = "waiting"
CALLED: Final = "called"
PLAYING: Final = "playing"
OVER: Final = "over"


class Pairing(TournamentBase):
    """A pairing of two players: waiting, called, playing, over. A correction may reset it."""

    __tablename__ = "pairings"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'called', 'playing', 'over')", name="state"),
        CheckConstraint(
            "section IN ('winners', 'losers', 'final', 'reset', 'third_place', 'round')",
            name="section",
        ),
        CheckConstraint(
            "how IN ('played', 'forfeit', 'double_forfeit', 'decided', 'bye', 'empty', 'unneeded')",
            name="how",
        ),
        CheckConstraint("(state = 'over') = (how IS NOT NULL)", name="over_with_an_outcome"),
        CheckConstraint("(how IS NULL) = (winner IS NULL)", name="outcome_with_a_winner"),
        CheckConstraint("winner IN (0, one, other)", name="winner"),
        CheckConstraint("one <> other OR one = 0", name="two_people"),
        CheckConstraint(
            "state NOT IN ('called', 'playing') OR one > 0 AND other > 0", name="called_with_both"
        ),
        CheckConstraint("state <> 'playing' OR match_id IS NOT NULL", name="played_as_a_match"),
        # For expired calls, for running matches, and for the pairing of a match.
        Index("ix_pairings_called", "deadline", postgresql_where=text("state = 'called'")),
        Index("ix_pairings_playing", "match_id", postgresql_where=text("state = 'playing'")),
        Index(
            "ix_pairings_match_id",
            "match_id",
            unique=True,
            postgresql_where=text("match_id IS NOT NULL"),
        ),
    )

    tournament_id: Mapped[UUID] = mapped_column(
        ForeignKey(Tournament.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    section: Mapped[BracketSection] = mapped_column(Text)
    round: Mapped[int] = mapped_column(SmallInteger)
    one: Mapped[int | None] = mapped_column(SmallInteger)
    """An entry's seed; 0: no opponent; None: not known yet."""
    other: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[PairingState] = mapped_column(Text)
    called_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    """The time by which both players must be ready. None in hotseat tournaments, which have no deadlines."""
    one_ready: Mapped[bool] = mapped_column(Boolean, server_default=false())
    other_ready: Mapped[bool] = mapped_column(Boolean, server_default=false())
    match_id: Mapped[UUID | None]
    """The live match, or the hotseat match in history; the last one if there were several."""
    ticket: Mapped[str | None] = mapped_column(Text)
    """Hotseat: the ticket from history, as JSON."""
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Number of its matches that ended without a result."""
    how: Mapped[OutcomeKind | None] = mapped_column(Text)
    winner: Mapped[int | None] = mapped_column(SmallInteger)
    one_score: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    other_score: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    decided_at: Mapped[datetime | None]
