"""Tables of live matches: the players, the process that runs each match, and the stored key changes."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from contracts.tournament.live import LiveMatchState, MatchOrigin
from tournament.base import TournamentBase

WAITING: Final = "waiting"
RUNNING: Final = "running"
FINISHED: Final = "finished"
VOID: Final = "void"
UNFINISHED: Final = (WAITING, RUNNING)


class Replica(TournamentBase):
    """A process of this service; its row stays while it prolongs its lease."""

    __tablename__ = "replicas"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    """Host and port at which the gateway reaches the process."""
    leased_until: Mapped[datetime]


class Match(TournamentBase):
    """A match between two people. History stores it permanently; this row is deleted a day after the end."""

    __tablename__ = "matches"
    __table_args__ = (
        CheckConstraint("points IN (3, 5, 7, 11, 21)", name="points"),
        CheckConstraint("seed BETWEEN 0 AND 4294967295", name="seed"),
        CheckConstraint("rules >= 1", name="rules"),
        CheckConstraint("left_id <> right_id", name="two_people"),
        CheckConstraint("origin IN ('queue', 'challenge', 'link', 'tournament')", name="origin"),
        CheckConstraint(
            "(origin = 'tournament') = (tournament_id IS NOT NULL)", name="of_a_tournament"
        ),
        CheckConstraint("state IN ('waiting', 'running', 'finished', 'void')", name="state"),
        CheckConstraint(
            "(state IN ('finished', 'void')) = (ended_at IS NOT NULL)", name="ended_with_a_time"
        ),
        CheckConstraint(
            "(state = 'finished') = (winner IS NOT NULL)", name="finished_with_a_winner"
        ),
        CheckConstraint("winner IN (1, 2)", name="winner"),
        CheckConstraint("forfeited_by IS NULL OR forfeited_by = 3 - winner", name="forfeit"),
        Index(
            "ix_matches_unfinished",
            "owner",
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        # For the list of running matches, newest first.
        Index("ix_matches_running", text("id DESC"), postgresql_where=text("state = 'running'")),
        Index("ix_matches_ended_at", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
        Index("ix_matches_left_id", "left_id"),
        Index("ix_matches_right_id", "right_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    origin: Mapped[MatchOrigin] = mapped_column(Text)
    tournament_id: Mapped[UUID | None]
    """The tournament whose pairing this match plays. Live matches use nothing else of tournaments."""
    points: Mapped[int] = mapped_column(SmallInteger)
    rated: Mapped[bool]
    rules: Mapped[int] = mapped_column(SmallInteger)
    seed: Mapped[int] = mapped_column(BigInteger)
    left_id: Mapped[UUID]
    left_name: Mapped[str] = mapped_column(Text)
    right_id: Mapped[UUID]
    right_name: Mapped[str] = mapped_column(Text)
    state: Mapped[LiveMatchState] = mapped_column(Text)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    owner: Mapped[UUID | None]
    """The process that runs the match, as an id of `replicas`. No foreign key: the id outlives the process."""
    fence: Mapped[int] = mapped_column(BigInteger)
    """Rises with each new owner, so that writes of an earlier owner match no row."""
    left_absences: Mapped[int] = mapped_column(SmallInteger)
    right_absences: Mapped[int] = mapped_column(SmallInteger)
    """Number of lost connections that each player is still allowed."""
    left_score: Mapped[int] = mapped_column(SmallInteger)
    right_score: Mapped[int] = mapped_column(SmallInteger)
    winner: Mapped[int | None] = mapped_column(SmallInteger)
    forfeited_by: Mapped[int | None] = mapped_column(SmallInteger)
    left_absent: Mapped[bool] = mapped_column(Boolean, server_default=false())
    right_absent: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """The players who did not come, or gave up before the first tick, in a void match."""
    delay: Mapped[int | None] = mapped_column(SmallInteger)
    left_late: Mapped[int] = mapped_column(Integer)
    right_late: Mapped[int] = mapped_column(Integer)
    left_rtt_ms: Mapped[int] = mapped_column(Integer)
    right_rtt_ms: Mapped[int] = mapped_column(Integer)


class Seat(TournamentBase):
    """A player's seat in an unfinished match; the primary key allows one for each player."""

    __tablename__ = "seats"
    __table_args__ = (Index("ix_seats_match_id", "match_id"),)

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    match_id: Mapped[UUID] = mapped_column(ForeignKey(Match.id, ondelete="CASCADE"))


class StoredKeys(TournamentBase):
    """The key changes of a range of ticks. The ranges of a match follow each other without a gap."""

    __tablename__ = "stored_keys"
    __table_args__ = (CheckConstraint("from_tick < through_tick", name="forwards"),)

    match_id: Mapped[UUID] = mapped_column(
        ForeignKey(Match.id, ondelete="CASCADE"), primary_key=True
    )
    from_tick: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    through_tick: Mapped[int] = mapped_column(Integer)
    """The first tick after the range."""
    changes: Mapped[bytes] = mapped_column(LargeBinary)
    """MessagePack: a list of (tick, left keys, right keys)."""
