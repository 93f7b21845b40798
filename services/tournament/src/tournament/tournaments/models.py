"""Tables of tournaments, their entries and their audit log."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from contracts.tournament.tournaments import (
    AuditAction,
    EntryState,
    SeedingMethod,
    TournamentFormat,
    TournamentKind,
    TournamentState,
    Visibility,
)
from tournament.base import TournamentBase

DRAFT: Final = "draft"
OPEN: Final = "open"
RUNNING: Final = "running"
FINISHED: Final = "finished"
CANCELLED: Final = "cancelled"

ENTERED: Final = "entered"
WAITING: Final = "waiting"
DROPPED: Final = "dropped"
PLAYING: Final = "playing"
WITHDRAWN: Final = "withdrawn"
DISQUALIFIED: Final = "disqualified"


class Tournament(TournamentBase):
    """A tournament.

    Every change of it, or of its entries and pairings, locks its row first, and players before tournaments.
    """

    __tablename__ = "tournaments"
    __table_args__ = (
        CheckConstraint("kind IN ('online', 'hotseat')", name="kind"),
        CheckConstraint(
            "format IN ('single_elimination', 'double_elimination', 'round_robin', 'swiss')",
            name="format",
        ),
        CheckConstraint(
            "state IN ('draft', 'open', 'running', 'finished', 'cancelled')", name="state"
        ),
        CheckConstraint("visibility IN ('public', 'link')", name="visibility"),
        CheckConstraint("seeding IN ('rating', 'manual', 'random')", name="seeding"),
        CheckConstraint("points IN (3, 5, 7, 11, 21)", name="points"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("char_length(description) <= 2000", name="description"),
        CheckConstraint(
            "size BETWEEN 2 AND CASE WHEN format = 'round_robin' THEN 32"
            " WHEN kind = 'hotseat' THEN 64 ELSE 1024 END",
            name="size",
        ),
        CheckConstraint("NOT third_place OR format = 'single_elimination'", name="third_place"),
        CheckConstraint(
            "CASE format WHEN 'round_robin' THEN coalesce(rounds IN (1, 2), false)"
            " WHEN 'swiss' THEN rounds IS NULL OR rounds BETWEEN 1 AND 30"
            " ELSE rounds IS NULL END",
            name="rounds",
        ),
        CheckConstraint("ready_seconds BETWEEN 30 AND 3600", name="ready_seconds"),
        CheckConstraint("check_in_minutes BETWEEN 1 AND 120", name="check_in_minutes"),
        CheckConstraint(
            "check_in_minutes IS NULL OR starts_at IS NOT NULL", name="check_in_before_a_time"
        ),
        CheckConstraint(
            "(state IN ('finished', 'cancelled')) = (ended_at IS NOT NULL)",
            name="ended_with_a_time",
        ),
        CheckConstraint(
            "state NOT IN ('running', 'finished') OR started_at IS NOT NULL",
            name="started_with_a_time",
        ),
        CheckConstraint("NOT rated OR kind = 'online'", name="rated_online_only"),
        UniqueConstraint("organiser_id", "idempotency_key", name="uq_tournaments_idempotency"),
        # For the lists of public tournaments by state and of an organiser's own, newest first.
        Index(
            "ix_tournaments_public",
            "state",
            text("id DESC"),
            postgresql_where=text("visibility = 'public' AND kind = 'online'"),
        ),
        Index("ix_tournaments_organiser_id", "organiser_id", text("id DESC")),
        Index(
            "ix_tournaments_starts_at",
            "starts_at",
            postgresql_where=text("state = 'open' AND starts_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TournamentKind] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    format: Mapped[TournamentFormat] = mapped_column(Text)
    size: Mapped[int] = mapped_column(SmallInteger)
    """The largest number of players."""
    points: Mapped[int] = mapped_column(SmallInteger)
    rated: Mapped[bool]
    visibility: Mapped[Visibility] = mapped_column(Text)
    invitation: Mapped[str | None] = mapped_column(Text)
    """The secret that an entry needs where the tournament is by invitation."""
    third_place: Mapped[bool]
    rounds: Mapped[int | None] = mapped_column(SmallInteger)
    """Swiss: None until the start means as many as are needed to find the winner. Round robin: 1 or 2."""
    ready_seconds: Mapped[int] = mapped_column(Integer)
    registration_closes_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    """None: the organiser starts it."""
    check_in_minutes: Mapped[int | None] = mapped_column(SmallInteger)
    """Minutes before `starts_at` at which check-in opens; None: no check-in."""
    seeding: Mapped[SeedingMethod] = mapped_column(Text)
    seeding_number: Mapped[int | None] = mapped_column(BigInteger)
    """The random number of the draw, with which it can be repeated."""
    state: Mapped[TournamentState] = mapped_column(Text)
    organiser_id: Mapped[UUID | None]
    organiser_name: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Swiss and round robin: the current round, or the last one."""
    entrants: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Number of players at the start: `Setup.entrants`."""
    revision: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Rises with every change that a page shows."""


class Entry(TournamentBase):
    """A player in a tournament; in a hotseat tournament an alias."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint(
            "state IN ('entered', 'waiting', 'dropped', 'playing', 'withdrawn', 'disqualified')",
            name="state",
        ),
        CheckConstraint("char_length(name) BETWEEN 1 AND 64", name="name"),
        CheckConstraint("seed >= 1", name="seed"),
        CheckConstraint("place >= 1", name="place"),
        # A disqualified entry without a seed was removed before the start; its row keeps the player out for good.
        CheckConstraint(
            "state NOT IN ('playing', 'withdrawn') OR seed IS NOT NULL", name="players_seeded"
        ),
        UniqueConstraint("tournament_id", "player_id", name="uq_entries_player"),
        UniqueConstraint("tournament_id", "seed", name="uq_entries_seed"),
        UniqueConstraint("tournament_id", "alias_key", name="uq_entries_alias"),
        # For the order of entries before the start, and for a player's own tournaments, newest first.
        Index("ix_entries_line", "tournament_id", "entered_at", "id"),
        Index(
            "ix_entries_player_id",
            "player_id",
            text("tournament_id DESC"),
            postgresql_where=text("player_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey(Tournament.id, ondelete="CASCADE"))
    player_id: Mapped[UUID | None]
    """None: an alias, or an erased player."""
    name: Mapped[str] = mapped_column(Text)
    alias_key: Mapped[str | None] = mapped_column(Text)
    """The alias normalised with folded case: equal keys mean equal aliases. None for players."""
    rating: Mapped[float | None] = mapped_column(Double)
    deviation: Mapped[float | None] = mapped_column(Double)
    state: Mapped[EntryState] = mapped_column(Text)
    entered_at: Mapped[datetime]
    checked_in_at: Mapped[datetime | None]
    wanted_seed: Mapped[int | None] = mapped_column(SmallInteger)
    """The seed set by the organiser before the start, with manual seeding."""
    seed: Mapped[int | None] = mapped_column(SmallInteger)
    """The player's number in the bracket, from the start on."""
    late: Mapped[bool] = mapped_column(Boolean, server_default=false())
    place: Mapped[int | None] = mapped_column(SmallInteger)
    """The final place, once the tournament is finished."""


class AuditEntry(TournamentBase):
    """An entry of the audit log: an action of the organiser or of the clock.

    It never changes, and all viewers may read it.
    """

    __tablename__ = "audit_notes"
    __table_args__ = (Index("ix_audit_notes_tournament_id", "tournament_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey(Tournament.id, ondelete="CASCADE"))
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    """None: the clock, or an erased player."""
    actor_name: Mapped[str] = mapped_column(Text)
    action: Mapped[AuditAction] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    """The object of the action in a few words, as a player's name; empty where the action says all."""
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
