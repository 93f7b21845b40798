"""Tables of matches. A match's row is its proof: rules, seed, input log, and the result of their simulation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from history.base import HistoryBase

DELETED_PLAYER = "deleted player"
"""The name of a side whose player was deleted. No account can have this name, because it contains a space."""


class Match(HistoryBase):
    """A verified match. Its ID is the ticket's or the online match's, so each match is stored once."""

    __tablename__ = "matches"
    __table_args__ = (
        CheckConstraint("mode IN ('ai', 'local', 'online', 'hotseat')", name="matches_mode"),
        CheckConstraint(
            "CASE WHEN mode = 'ai' THEN coalesce(level IN ('easy', 'normal', 'hard'), false)"
            " ELSE level IS NULL END",
            name="matches_level",
        ),
        CheckConstraint("rules >= 1", name="matches_rules"),
        CheckConstraint("seed BETWEEN 0 AND 4294967295", name="matches_seed"),
        CheckConstraint("digest BETWEEN 0 AND 4294967295", name="matches_digest"),
        CheckConstraint("points IN (3, 5, 7, 11, 21)", name="matches_points"),
        # A player may forfeit before the first tick.
        CheckConstraint(
            "ticks BETWEEN CASE WHEN forfeited_by IS NULL THEN 1 ELSE 0 END AND 108000",
            name="matches_ticks",
        ),
        CheckConstraint("longest_rally >= 0", name="matches_longest_rally"),
        CheckConstraint(
            "CASE WHEN forfeited_by IS NOT NULL THEN winner = 3 - forfeited_by"
            " AND left_score BETWEEN 0 AND points - 1 AND right_score BETWEEN 0 AND points - 1"
            " WHEN winner = 1 THEN left_score = points AND right_score BETWEEN 0 AND points - 1"
            " WHEN winner = 2 THEN right_score = points AND left_score BETWEEN 0 AND points - 1"
            " ELSE false END",
            name="matches_winner",
        ),
        CheckConstraint(
            "mode = 'online' OR (NOT rated AND forfeited_by IS NULL AND delay IS NULL)",
            name="matches_online_only",
        ),
        CheckConstraint("forfeited_by IN (1, 2)", name="matches_forfeited_by"),
        CheckConstraint("delay >= 0", name="matches_delay"),
        CheckConstraint(
            "(mode = 'hotseat') = (host_id IS NOT NULL)", name="matches_host_of_hotseat"
        ),
        # The target of the foreign key of `participations`, which checks outcomes.
        UniqueConstraint("id", "winner", name="matches_winner_of"),
        # For the export of a host's matches, newest first, and for their erasure.
        Index(
            "matches_of_host",
            "host_id",
            text("played_at DESC"),
            text("id DESC"),
            postgresql_where=text("host_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(Text)
    rules: Mapped[int] = mapped_column(SmallInteger)
    seed: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[int] = mapped_column(SmallInteger)
    ticks: Mapped[int] = mapped_column(Integer)
    left_score: Mapped[int] = mapped_column(SmallInteger)
    right_score: Mapped[int] = mapped_column(SmallInteger)
    winner: Mapped[int] = mapped_column(SmallInteger)
    longest_rally: Mapped[int] = mapped_column(Integer)
    digest: Mapped[int] = mapped_column(BigInteger)
    log: Mapped[bytes] = mapped_column(LargeBinary)
    """The input log as `packing` writes it."""
    played_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    rated: Mapped[bool] = mapped_column(Boolean, server_default=false())
    forfeited_by: Mapped[int | None] = mapped_column(SmallInteger)
    """The side that forfeited. The simulation does not contain it."""
    delay: Mapped[int | None] = mapped_column(SmallInteger)
    """Ticks by which the server delayed the inputs of both sides."""
    host_id: Mapped[UUID | None]
    """The player at whose keyboard a hotseat match was played, by themselves or by others."""


class Participation(HistoryBase):
    """One side of a match. `mode`, `outcome` and `played_at` are repeated here for the index of a player's list.

    `outcome` cannot contradict the match: the winner computed from it is part of a foreign key.
    """

    __tablename__ = "participations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["match_id", "winner"],
            ["matches.id", "matches.winner"],
            name="participations_of_match_and_winner",
            ondelete="CASCADE",
        ),
        CheckConstraint("side IN (1, 2)", name="participations_side"),
        CheckConstraint("kind IN ('player', 'ai', 'guest')", name="participations_kind"),
        CheckConstraint(
            "player_id IS NULL OR kind = 'player'", name="participations_only_players_have_ids"
        ),
        CheckConstraint(
            f"kind <> 'player' OR player_id IS NOT NULL OR name = '{DELETED_PLAYER}'",
            name="participations_nameless_without_id",
        ),
        CheckConstraint(
            "CASE kind WHEN 'ai' THEN mode = 'ai' WHEN 'guest' THEN mode IN ('local', 'hotseat')"
            " ELSE mode <> 'hotseat' END",
            name="participations_kind_in_mode",
        ),
        CheckConstraint("char_length(name) BETWEEN 1 AND 64", name="participations_name"),
        CheckConstraint("outcome IN ('won', 'lost')", name="participations_outcome"),
        CheckConstraint("late >= 0", name="participations_late"),
        CheckConstraint("rtt_ms >= 0", name="participations_rtt_ms"),
        # Consecutive ratings would reveal which of the anonymised matches belong to the same player.
        CheckConstraint(
            "player_id IS NOT NULL AND mode = 'online'"
            " OR num_nonnulls(late, rtt_ms, rating_before, rating_after) = 0",
            name="participations_line_of_a_player",
        ),
        CheckConstraint(
            "(rating_before IS NULL) = (rating_after IS NULL)", name="participations_rating"
        ),
        # Mode and outcome come first: each pair of them is a list sorted by time, and every filter of a player's list
        # is a merge of such lists (see `queries`). One index serves them all.
        Index(
            "participations_of_player",
            "player_id",
            "mode",
            "outcome",
            text("played_at DESC"),
            text("match_id DESC"),
            postgresql_where=text("player_id IS NOT NULL"),
        ),
    )

    match_id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    player_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    winner: Mapped[int] = mapped_column(
        SmallInteger,
        Computed("CASE outcome WHEN 'won' THEN side ELSE 3 - side END", persisted=True),
    )
    played_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    late: Mapped[int | None] = mapped_column(Integer)
    """The number of the player's inputs that arrived after their tick."""
    rtt_ms: Mapped[int | None] = mapped_column(Integer)
    """The player's round-trip time to the server in milliseconds, or None if it is unknown."""
    rating_before: Mapped[float | None] = mapped_column(Double)
    """This and the next column are repeated in `rating_changes`, so that a list of matches needs no further table."""
    rating_after: Mapped[float | None] = mapped_column(Double)
